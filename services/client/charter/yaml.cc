#include "services/client/charter/yaml.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

constexpr size_t kWidth = 100;   // of folded text and `[…]`
constexpr size_t kBroader = 40;  // `{…}`, which are rows of a table

// What a YAML reader takes for something else than text, in lower case.
bool IsReserved(absl::string_view text) {
  static const auto* const words =
      new std::set<std::string>{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  return words->contains(absl::AsciiStrToLower(text));
}

// A name or code, which needs no quotes anywhere. Dates and numbers are no words.
bool IsWord(absl::string_view text) {
  return !text.empty() && absl::ascii_isalpha(text.front()) && !IsReserved(text) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || absl::StrContains("_-/.", absl::string_view(&c, 1));
         });
}

// Whether each character shows, and none steers.
bool IsVisible(absl::string_view text) { return OneLine(text) == text; }

// Text that a block takes without quotes: begins like a word, and holds no sign of YAML.
bool IsPlain(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(text.front()) || IsReserved(text)) return false;
  return IsVisible(text) && !absl::StrContains(text, ": ") && !absl::StrContains(text, " #") &&
         !absl::EndsWith(text, ":") && !absl::EndsWith(text, " ");
}

// The size of the UTF-8 character that `text` begins with.
size_t CharacterSize(absl::string_view text) {
  size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

uint32_t CodeOf(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first;
  uint32_t code = first & (0xFFu >> (character.size() + 1));
  for (const char next : character.substr(1)) {
    code = (code << 6) | (static_cast<unsigned char>(next) & 0x3Fu);
  }
  return code;
}

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const absl::string_view character = text.substr(0, CharacterSize(text));
    text.remove_prefix(character.size());
    if (character == "\"" || character == "\\") {
      absl::StrAppend(&quoted, "\\", character);
    } else if (character == "\n") {
      absl::StrAppend(&quoted, "\\n");
    } else if (IsVisible(character)) {
      absl::StrAppend(&quoted, character);
    } else {
      absl::StrAppendFormat(&quoted, "\\u%04x", CodeOf(character));
    }
  }
  return absl::StrCat(quoted, "\"");
}

// Whether the text is the same after it was broken at spaces and put together again.
bool IsFoldable(absl::string_view text) {
  return IsVisible(text) && !absl::StrContains(text, "  ") && !absl::StartsWith(text, " ") &&
         !absl::EndsWith(text, " ") && absl::StrContains(text, " ");
}

Lines Fold(absl::string_view text, size_t width) {
  Lines lines;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (lines.empty() ||
        DisplayWidth(lines.back()) + 1 + DisplayWidth(word) > static_cast<int>(width)) {
      lines.emplace_back(word);
    } else {
      absl::StrAppend(&lines.back(), " ", word);
    }
  }
  return lines;
}

// Inside of `{…}` and `[…]`; nothing where it is no word that fits there.
std::optional<std::string> FlowScalar(const Json& value) {
  if (!value.is_string()) return value.is_primitive() ? std::optional(value.dump()) : std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (IsWord(text)) return text;
  return absl::StrContains(text, " ") ? std::nullopt : std::optional(Quoted(text));
}

std::optional<std::string> FlowList(const Json& list) {
  std::vector<std::string> parts;
  for (const Json& item : list) {
    const auto part = FlowScalar(item);
    if (!part.has_value()) return std::nullopt;
    parts.push_back(*part);
  }
  return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
}

std::optional<std::string> FlowMap(const Json& map) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : map.items()) {
    const auto part = value.is_array() ? FlowList(value) : FlowScalar(value);
    if (!part.has_value()) return std::nullopt;
    parts.push_back(absl::StrCat(key, ": ", *part));
  }
  return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
}

// On the line of its key; nothing where it takes lines of its own.
std::optional<std::string> Inline(const Json& value, size_t width) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > width && IsFoldable(text)) return std::nullopt;
    return YamlScalar(text);
  }
  const auto flow = value.is_array()    ? FlowList(value)
                    : value.is_object() ? FlowMap(value)
                                        : std::optional(value.dump());
  const size_t most = value.is_object() ? width + kBroader : width;
  return flow.has_value() && flow->size() <= most ? flow : std::nullopt;
}

Lines BlockOf(const Json& value, size_t width);

// `key:` with what stands below it.
Lines FieldLines(const std::string& key, const Json& value, size_t width) {
  if (const auto text = Inline(value, width - key.size() - 2)) {
    return {absl::StrCat(key, ": ", *text)};
  }
  Lines lines = {absl::StrCat(key, value.is_string() ? ": >-" : ":")};
  for (const std::string& line : BlockOf(value, width - 2)) lines.push_back("  " + line);
  return lines;
}

Lines ItemLines(const Json& item, size_t width) {
  if (const auto text = Inline(item, width - 2)) return {"- " + *text};
  Lines lines = BlockOf(item, width - 2);
  if (item.is_string()) lines.insert(lines.begin(), ">-");
  for (std::string& line : lines) line.insert(0, &line == &lines.front() ? "- " : "  ");
  return lines;
}

Lines BlockOf(const Json& value, size_t width) {
  if (value.is_string()) return Fold(value.get_ref<const std::string&>(), width);
  Lines lines;
  const auto add = [&](Lines more) { lines.insert(lines.end(), more.begin(), more.end()); };
  if (value.is_array()) {
    for (const Json& item : value) add(ItemLines(item, width));
  } else {
    for (const auto& [key, field] : value.items()) add(FieldLines(key, field, width));
  }
  return lines;
}

Json JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  // Fails only for an Any of an unknown type.
  const bool is_json = google::protobuf::util::MessageToJsonString(message, &json, options).ok();
  return is_json ? Json::parse(json) : Json::object();
}

std::string ValueYaml(const Json& value) {
  const auto text = Inline(value, kWidth);
  return text.has_value() ? *text : absl::StrJoin(BlockOf(value, kWidth), "\n");
}

}  // namespace

std::string YamlScalar(absl::string_view text) {
  return IsPlain(text) ? std::string(text) : Quoted(text);
}

std::string ToYaml(const google::protobuf::Message& message) {
  const Json json = JsonOf(message);
  if (json.empty()) return "{}\n";
  return absl::StrCat(absl::StrJoin(BlockOf(json, kWidth), "\n"), "\n");
}

std::string ElementYaml(const google::protobuf::Message& message) {
  return ValueYaml(JsonOf(message));
}

std::string FieldYaml(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field) {
  const Json json = JsonOf(message);
  const auto found = json.find(field.name());
  if (found == json.end()) return "";
  return found->is_string() ? YamlScalar(found->get_ref<const std::string&>()) : ValueYaml(*found);
}

}  // namespace comity::client
