#include "services/client/output/text.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comity::client {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  uint32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// The first character of a text that is not empty. Overlong forms and surrogates are invalid.
Character First(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = SequenceLength(lead);
  if (length == 0 || length > text.size()) return {};
  if (length == 1) return {lead, 1, true};
  uint32_t code = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = (code << 6) | (next & 0x3F);
  }
  const uint32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, length, true};
}

struct Range {
  uint32_t first;
  uint32_t last;
};

constexpr Range kZeroWidth[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},
                                {0x610, 0x61A},   {0x64B, 0x65F},   {0x200B, 0x200F},
                                {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
constexpr Range kWide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE4F},  {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <size_t N>
bool Contains(const Range (&ranges)[N], uint32_t code) {
  for (const Range& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

int CellsOf(const Character& character) {
  if (!character.valid) return 1;
  if (Contains(kZeroWidth, character.code)) return 0;
  return Contains(kWide, character.code) ? 2 : 1;
}

// C0, DEL, C1, and the marks that reorder or break lines.
bool SteersTerminal(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

// What steers the terminal is written as `write` has it.
template <typename Write>
std::string Cleaned(absl::string_view text, const Write& write) {
  std::string line;
  while (!text.empty()) {
    const Character character = First(text);
    if (!character.valid) {
      absl::StrAppend(&line, kReplacement);
    } else if (SteersTerminal(character.code)) {
      absl::StrAppend(&line, write(character.code));
    } else {
      absl::StrAppend(&line, text.substr(0, character.bytes));
    }
    text.remove_prefix(character.bytes);
  }
  return line;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Character character = First(text);
    if (!character.valid) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character character = First(text);
    width += CellsOf(character);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string Truncate(absl::string_view text, int width) {
  if (width <= 0) return "";
  if (DisplayWidth(text) <= width) return std::string(text);
  size_t end = 0;
  int used = 0;
  for (absl::string_view rest = text; !rest.empty();) {
    const Character character = First(rest);
    if (used + CellsOf(character) > width - 1) break;
    used += CellsOf(character);
    end += character.bytes;
    rest.remove_prefix(character.bytes);
  }
  return absl::StrCat(text.substr(0, end), "…");
}

std::string OneLine(absl::string_view text) {
  return Cleaned(text, [](uint32_t) { return std::string(" "); });
}

std::string Escaped(absl::string_view text) {
  return Cleaned(text, [](uint32_t code) { return absl::StrFormat("\\u%04x", code); });
}

}  // namespace comity::client
