#include "services/client/import/record_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/client/output/text.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr size_t kMostIdBytes = 191;     // of an external id
constexpr size_t kMostSourceBytes = 64;  // of its source

absl::Status InvalidId(const std::string& why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "IDENTITY_INVALID", why);
}

}  // namespace

bool HasControlCharacter(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_iscntrl(text[i]) && text[i] != '\n' && text[i] != '\t') return true;
    // U+0080 to U+009F.
    const bool is_high = text[i] == '\xC2' && i + 1 < text.size();
    if (is_high && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

absl::Status CheckRecordId(const Collection& collection, const std::string& id) {
  if (HasControlCharacter(id)) {
    return InvalidId("an id has no control characters but newline and tab");
  }
  if (id.size() > kMostIdBytes) return InvalidId("an id has at most 191 bytes");
  const std::string prefix = absl::StrCat(collection.plural, "/");
  const bool is_name = absl::StartsWith(id, prefix);
  if (collection.has_chosen_ids()) {
    const std::string name = is_name ? id : absl::StrCat(prefix, id);
    if (resource::IsNameIn(name, collection.plural)) return absl::OkStatus();
    return InvalidId("a chosen id has lower-case letters, digits and -, at most 63");
  }
  if (!is_name || resource::IsNameIn(id, collection.plural)) return absl::OkStatus();
  return InvalidId(absl::StrCat("it begins as a name of the suite and is none, as `", prefix,
                                "{uuid}` is: ids of other systems begin otherwise"));
}

absl::Status CheckSource(absl::string_view source) {
  const auto invalid = [](const char* why) {
    return MakeError(absl::StatusCode::kInvalidArgument, "SOURCE_INVALID", why);
  };
  if (source.empty()) return invalid("a source has a name");
  if (source.size() > kMostSourceBytes) return invalid("the name of a source has at most 64 bytes");
  if (!IsUtf8(source)) return invalid("the name of a source is valid UTF-8");
  if (absl::StripAsciiWhitespace(source) != source) {
    return invalid("the name of a source has no blanks around it");
  }
  if (!HasControlCharacter(source) && source.find_first_of("\n\t") == absl::string_view::npos) {
    return absl::OkStatus();
  }
  return invalid("the name of a source has no control characters");
}

}  // namespace comity::client
