#include "services/client/output/table.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

constexpr int kGap = 2;
constexpr int kLeastWidth = 4;  // of a column that is being cut

std::string Pad(const std::string& cell, int width, bool right) {
  const std::string shown = Truncate(cell, width);
  const std::string blank(std::max(0, width - DisplayWidth(shown)), ' ');
  return right ? blank + shown : shown + blank;
}

int Total(const std::vector<int>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 0) +
         kGap * std::max<int>(0, static_cast<int>(widths.size()) - 1);
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = OneLine(cell);
  rows_.push_back(std::move(cells));
}

// Takes cell by cell from the widest column that may be cut, so that narrow ones stay whole.
std::vector<int> Table::Fit(int width) const {
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int widest = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[i]));
    widths.push_back(widest);
  }
  while (width > 0 && Total(widths) > width) {
    int widest = -1;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (columns_[i].whole || columns_[i].right || widths[i] <= kLeastWidth) continue;
      if (widest < 0 || widths[i] > widths[widest]) widest = static_cast<int>(i);
    }
    if (widest < 0) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::Render(int width) const {
  const std::vector<int> widths = Fit(width);
  std::string text;
  const auto add_line = [&](auto&& cell_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      line += Pad(cell_of(i), widths[i], columns_[i].right);
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
  };
  add_line([&](size_t i) { return columns_[i].title; });
  for (const auto& row : rows_) {
    add_line([&](size_t i) { return row[i]; });
  }
  return text;
}

}  // namespace comity::client
