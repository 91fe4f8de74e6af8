// Text as a terminal shows it: widths in cells, nothing that could steer the terminal.
#ifndef COMITY_CLIENT_OUTPUT_TEXT_H_
#define COMITY_CLIENT_OUTPUT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::client {

bool IsUtf8(absl::string_view text);
// Cells that `text` takes: 0 for combining marks, 2 for wide East Asian characters and emoji.
int DisplayWidth(absl::string_view text);
// At most `width` cells of `text`; a cut is shown by `…`, which counts.
std::string Truncate(absl::string_view text, int width);
// `text` on one line: control characters become spaces, bytes that are not UTF-8 become U+FFFD.
std::string OneLine(absl::string_view text);
// The same for texts in double quotes of YAML or JSON: control characters become `\u009b`.
std::string Escaped(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TEXT_H_
