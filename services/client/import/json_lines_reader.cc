#include "services/client/import/json_lines_reader.h"

#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "services/client/import/csv_reader.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr size_t kMostColumns = 2'000;
constexpr size_t kMostNameBytes = 1'024;  // of a column, `a.b.c`
constexpr size_t kMostLevels = 64;        // of objects and lists in each other

// Takes the name of a column, its cell and whether that is a number of JSON; false ends the line.
using TakeCell = std::function<bool(const std::string& name, std::string cell, bool is_number)>;

// Flattens one object: numbers stay as they are written, lists become JSON text. Only one name is
// held at a time: those of all cells of a line would be many times its size.
class Flattener final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Flattener(const TakeCell& take) : take_(take) {}
  bool null() override { return Scalar("null", ""); }
  bool boolean(bool value) override {
    return Scalar(value ? "true" : "false", value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override { return Number(absl::StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Number(absl::StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Number(text); }
  bool string(string_t& value) override { return Scalar(nlohmann::json(value).dump(), value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (!IsShallow()) return Break("JSON_TOO_DEEP");
    if (lists_ > 0) return Open("{");
    prefixes_.push_back(name_.size());
    return true;
  }
  bool key(string_t& name) override {
    if (lists_ > 0) {
      Separate();
      absl::StrAppend(&list_, nlohmann::json(name).dump(), ":");
      after_key_ = true;
      return true;
    }
    name_.resize(prefixes_.back());
    absl::StrAppend(&name_, prefixes_.size() == 1 ? "" : ".", name);
    return name_.size() <= kMostNameBytes || Break("KEY_TOO_LONG");
  }
  bool end_object() override {
    if (lists_ > 0) return Close("}");
    prefixes_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    if (!IsShallow()) return Break("JSON_TOO_DEEP");
    return !prefixes_.empty() && Open("[");
  }
  bool end_array() override { return Close("]"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
  // Why the line was not taken to its end: a reason.
  const std::string& broken() const { return broken_; }

 private:
  bool IsShallow() const { return prefixes_.size() + lists_ < kMostLevels; }
  bool Break(const char* reason) {
    broken_ = reason;
    return false;
  }
  bool Number(const std::string& text) { return Scalar(text, text, /*is_number=*/true); }
  bool Scalar(absl::string_view json, const std::string& text, bool is_number = false) {
    if (lists_ > 0) {
      Separate();
      absl::StrAppend(&list_, json);
      return true;
    }
    return !prefixes_.empty() && take_(name_, text, is_number);
  }
  void Separate() {
    if (!after_key_ && !list_.empty() && list_.back() != '[' && list_.back() != '{') list_ += ",";
    after_key_ = false;
  }
  bool Open(absl::string_view bracket) {
    Separate();
    absl::StrAppend(&list_, bracket);
    ++lists_;
    return true;
  }
  bool Close(absl::string_view bracket) {
    absl::StrAppend(&list_, bracket);
    if (--lists_ > 0) return true;
    std::string list;
    list.swap(list_);
    return take_(name_, std::move(list), /*is_number=*/false);
  }

  const TakeCell& take_;
  std::vector<size_t> prefixes_;  // by open object: bytes of `name_` that are its own name
  std::string name_;              // of the column that comes next
  std::string list_;              // the JSON text of the list that is open
  size_t lists_ = 0;
  bool after_key_ = false;
  std::string broken_ = "JSON_INVALID";
};

// Why `line` cannot be taken, a reason; empty: it can, and `take` has got all of its cells. Of a
// line that cannot be taken it gets none.
std::string Flatten(const std::string& line, const TakeCell& take) {
  const TakeCell drop = [](const std::string&, const std::string&, bool) { return true; };
  Flattener check(drop);
  if (!nlohmann::json::sax_parse(line, &check)) return check.broken();
  Flattener flattener(take);
  nlohmann::json::sax_parse(line, &flattener);
  return "";
}

}  // namespace

JsonLinesReader::JsonLinesReader(std::unique_ptr<ByteSource> input,
                                 std::vector<std::string> columns)
    : input_(std::move(input)), columns_(std::move(columns)) {
  for (size_t i = 0; i < columns_.size(); ++i) places_[columns_[i]] = i;
}

absl::StatusOr<std::vector<std::string>> JsonLinesReader::ReadColumns(
    std::unique_ptr<ByteSource> input) {
  JsonLinesReader reader(std::move(input), {});
  std::vector<std::string> columns;
  std::string line;
  while (true) {
    COMITY_ASSIGN_OR_RETURN(const bool more, reader.NextLine(&line));
    if (!more) break;
    const std::string broken = Flatten(line, [&](const std::string& name, const auto&, bool) {
      if (reader.places_.emplace(name, columns.size()).second) columns.push_back(name);
      return columns.size() <= kMostColumns;
    });
    if (!broken.empty()) continue;
    if (columns.size() > kMostColumns) {
      return InvalidField("TOO_MANY_COLUMNS", absl::StrCat("line ", reader.line_),
                          "the objects have more than 2,000 different keys");
    }
  }
  if (columns.empty()) return InvalidField("CSV_INVALID", "file", "no line holds an object");
  return columns;
}

absl::StatusOr<bool> JsonLinesReader::NextLine(std::string* line) {
  while (true) {
    const size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
      *line = buffer_.substr(begin_, end == std::string::npos ? end : end - begin_);
      begin_ = end == std::string::npos ? buffer_.size() : end + 1;
      ++line_;
      if (absl::StripAsciiWhitespace(*line).empty()) continue;
      return true;
    }
    if (ended_) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (buffer_.size() > kMostRowBytes) {
      return InvalidField("ROW_TOO_LONG", absl::StrCat("line ", line_ + 1), "more than 1 MiB");
    }
    const size_t before = buffer_.size();
    buffer_.resize(before + kBufferBytes);
    COMITY_ASSIGN_OR_RETURN(const size_t count, input_->Read(&buffer_[before], kBufferBytes));
    buffer_.resize(before + count);
    ended_ = count == 0;
    if (line_ == 0 && before == 0 && buffer_.compare(0, 3, "\xEF\xBB\xBF") == 0) begin_ = 3;
  }
}

absl::StatusOr<bool> JsonLinesReader::Next(Row* row) {
  std::string line;
  COMITY_ASSIGN_OR_RETURN(const bool more, NextLine(&line));
  if (!more) return false;
  *row = Row{line_, std::vector<std::string>(columns_.size())};
  row->plain.resize(columns_.size());
  std::vector<bool> seen(columns_.size());
  bool is_twice = false;
  row->broken = Flatten(line, [&](const std::string& name, std::string cell, bool is_number) {
    const auto place = places_.find(name);
    if (place == places_.end()) return true;
    is_twice = is_twice || seen[place->second];
    seen[place->second] = true;
    row->cells[place->second] = std::move(cell);
    row->plain[place->second] = is_number;
    return true;
  });
  if (is_twice) row->broken = "KEY_TWICE";
  if (!row->broken.empty()) row->cells.clear();
  return true;
}

}  // namespace comity::client
