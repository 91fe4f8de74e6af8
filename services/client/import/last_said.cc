#include "services/client/import/last_said.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/output/format.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

constexpr size_t kDigest = 6;
constexpr size_t kField = 2 * kDigest;
constexpr size_t kMostFields = 1024 / kField;
constexpr char kSource[] = "";  // the path that stands for the source itself

std::string DigestOf(absl::string_view text) { return RequestIdFor(text).substr(0, kDigest); }

std::string PathOfIt() { return absl::StrCat("attributes.", kLastSaidKey); }

const google::protobuf::FieldDescriptor* AttributesOf(const Message& record) {
  return record.GetDescriptor()->FindFieldByName("attributes");
}

std::set<std::string> KeysOf(const Message& record) {
  std::set<std::string> keys;
  const auto* attributes = AttributesOf(record);
  for (int i = 0; i < record.GetReflection()->FieldSize(record, attributes); ++i) {
    keys.insert(Cell(record.GetReflection()->GetRepeatedMessage(record, attributes, i), "key"));
  }
  return keys;
}

}  // namespace

LastSaid LastSaid::Of(const Message& record, const std::string& source) {
  std::map<std::string, std::string> said;
  const std::string text = AttributesOf(record) == nullptr ? "" : Cell(record, PathOfIt());
  for (size_t at = 0; at + kField <= text.size(); at += kField) {
    said[text.substr(at, kDigest)] = text.substr(at + kDigest, kDigest);
  }
  return {source, std::move(said)};
}

std::string LastSaid::KeyOf(absl::string_view path) const {
  return DigestOf(absl::StrCat(source_, "|", path));
}

bool LastSaid::knows_source() const { return Knows(kSource); }

bool LastSaid::Knows(absl::string_view path) const { return said_.contains(KeyOf(path)); }

bool LastSaid::Is(absl::string_view path, absl::string_view text) const {
  const auto found = said_.find(KeyOf(path));
  return found != said_.end() && found->second == DigestOf(text);
}

bool LastSaid::Keep(const std::vector<std::string>& paths, Message* record,
                    const std::map<std::string, std::string>& beside) const {
  if (AttributesOf(*record) == nullptr || (paths.empty() && beside.empty())) return false;
  std::map<std::string, std::string> own = {{KeyOf(kSource), DigestOf(kSource)}};
  for (const auto& [name, text] : beside) own[KeyOf(name)] = DigestOf(text);
  for (const std::string& path : paths) {
    own[KeyOf(path)] = DigestOf(ComparedText(*record, path));
  }
  std::map<std::string, std::string> all = own;
  all.insert(said_.begin(), said_.end());
  if (all.size() > kMostFields) all = own;
  if (all.size() > kMostFields) all.clear();
  if (all == said_) return false;
  std::string text;
  for (const auto& [path, value] : all) absl::StrAppend(&text, path, value);
  SetField(record, PathOfIt(), text).IgnoreError();
  return true;
}

bool LastSaid::Copy(const Message& from, Message* to) {
  if (AttributesOf(from) == nullptr || !KeysOf(from).contains(kLastSaidKey)) return false;
  CopyPath(from, PathOfIt(), to);
  return true;
}

std::unique_ptr<Message> LastSaid::Without(const Message& record) {
  std::unique_ptr<Message> copy(record.New());
  copy->CopyFrom(record);
  const auto* attributes = AttributesOf(record);
  if (attributes == nullptr) return copy;
  const auto* r = copy->GetReflection();
  for (int i = r->FieldSize(*copy, attributes) - 1; i >= 0; --i) {
    if (Cell(r->GetRepeatedMessage(*copy, attributes, i), "key") != kLastSaidKey) continue;
    r->SwapElements(copy.get(), attributes, i, r->FieldSize(*copy, attributes) - 1);
    r->RemoveLast(copy.get(), attributes);
  }
  return copy;
}

}  // namespace comity::client
