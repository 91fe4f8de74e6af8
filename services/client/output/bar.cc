#include "services/client/output/bar.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "services/client/output/format.h"

namespace comity::client {

std::string Bar(double fraction, int width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(fraction > 0) || width <= 0) return "";
  const int eighths =
      std::max(1, static_cast<int>(std::lround(std::min(fraction, 1.0) * width * 8)));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

std::string Progress(const std::string& label, double done, double total, int width) {
  const double fraction = total > 0 ? std::min(done / total, 1.0) : 1;
  const std::string bar = Bar(fraction, width);
  const int cells = static_cast<int>(std::ceil(fraction * width - 1e-9));
  return absl::StrCat(label, "  ▕", bar, std::string(std::max(0, width - cells), ' '), "▏ ",
                      FormatCount(static_cast<int64_t>(done)), " of ",
                      FormatCount(static_cast<int64_t>(total)));
}

}  // namespace comity::client
