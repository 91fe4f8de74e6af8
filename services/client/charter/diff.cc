#include "services/client/charter/diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"
#include "services/client/charter/yaml.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using type::v1::Charter;

// The fields that tell an element from its neighbours; none: only all that it says does.
std::vector<std::string> KeyFields(const google::protobuf::Descriptor& type) {
  if (type.name() == "Access") return {"department", "collection"};
  if (type.name() == "StewardKey") return {"person", "department"};
  if (type.name() == "VoiceWeight" || type.name() == "CreditShare") return {"department"};
  for (const char* name : {"name", "id"}) {
    if (type.FindFieldByName(name) != nullptr) return {name};
  }
  return {};
}

// By its key; the second one of a key has ` (2)` behind it.
using Named = std::pair<std::string, const Message*>;
std::vector<Named> ElementsOf(const Message& message, const FieldDescriptor& field) {
  std::vector<Named> elements;
  std::map<std::string, int> count;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const Message& element = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    std::vector<std::string> parts;
    for (const std::string& name : KeyFields(*element.GetDescriptor())) {
      parts.push_back(element.GetReflection()->GetString(
          element, element.GetDescriptor()->FindFieldByName(name)));
    }
    std::string key = absl::StrJoin(parts, " ");
    const int number = ++count[key];
    if (number > 1) absl::StrAppend(&key, " (", number, ")");
    elements.emplace_back(std::move(key), &element);
  }
  return elements;
}

const Message* Find(const std::vector<Named>& elements, const std::string& key) {
  const auto found = std::find_if(elements.begin(), elements.end(),
                                  [&](const Named& element) { return element.first == key; });
  return found == elements.end() ? nullptr : found->second;
}

// The keys of those elements that stand in both lists, in the order of `elements`.
std::string OrderOf(const std::vector<Named>& elements, const std::vector<Named>& others) {
  std::vector<std::string> keys;
  for (const auto& [key, element] : elements) {
    if (Find(others, key) != nullptr) keys.push_back(key);
  }
  return OneLine(absl::StrJoin(keys, ", "));
}

class Comparison {
 public:
  std::vector<Change> Sections(Charter before, Charter after) {
    for (Charter* document : {&before, &after}) {
      document->clear_revision();
      document->clear_provisional();
    }
    for (int i = 0; i < Charter::descriptor()->field_count(); ++i) {
      const FieldDescriptor& section = *Charter::descriptor()->field(i);
      Field(before, after, section, {section.name(), "", "", "", ""});
    }
    return std::move(changes_);
  }

 private:
  void Fields(const Message& before, const Message& after, const Change& place) {
    for (int i = 0; i < before.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *before.GetDescriptor()->field(i);
      Field(before, after, field, Below(place, field.name()));
    }
  }

  void Field(const Message& before, const Message& after, const FieldDescriptor& field,
             const Change& place) {
    const bool is_message = field.message_type() != nullptr;
    if (is_message && field.is_repeated() && !KeyFields(*field.message_type()).empty()) {
      return Elements(ElementsOf(before, field), ElementsOf(after, field), place);
    }
    if (is_message && !field.is_repeated() && before.GetReflection()->HasField(before, &field) &&
        after.GetReflection()->HasField(after, &field)) {
      return Fields(before.GetReflection()->GetMessage(before, &field),
                    after.GetReflection()->GetMessage(after, &field), place);
    }
    Add(place, FieldYaml(before, field), FieldYaml(after, field));
  }

  void Elements(const std::vector<Named>& before, const std::vector<Named>& after,
                const Change& place) {
    for (const auto& [key, was] : before) {
      const Message* is = Find(after, key);
      if (is == nullptr) {
        Add(ElementIn(place, key), ElementYaml(*was), "");
      } else {
        Fields(*was, *is, ElementIn(place, key));
      }
    }
    for (const auto& [key, is] : after) {
      if (Find(before, key) == nullptr) Add(ElementIn(place, key), "", ElementYaml(*is));
    }
    Add(Below(place, "order"), OrderOf(before, after), OrderOf(after, before));
  }

  static Change Below(Change place, const std::string& name) {
    absl::StrAppend(&place.field, place.field.empty() ? "" : ".", name);
    return place;
  }
  // An element of a section, or of a list further down.
  static Change ElementIn(Change place, const std::string& key) {
    if (!place.field.empty()) return Below(std::move(place), key);
    place.element = key;
    return place;
  }

  void Add(Change place, std::string before, std::string after) {
    if (before == after) return;
    place.before = std::move(before);
    place.after = std::move(after);
    changes_.push_back(std::move(place));
  }

  std::vector<Change> changes_;
};

std::string Indented(absl::string_view text, const std::string& indent) {
  std::string lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&lines, indent, line, "\n");
  }
  return lines;
}

// `was    …` on one line, or with its lines below it.
std::string Side(const char* name, const std::string& value, const std::string& indent) {
  if (!absl::StrContains(value, "\n")) {
    return absl::StrCat(indent, name, value.empty() ? "—" : value, "\n");
  }
  return absl::StrCat(indent, absl::StripTrailingAsciiWhitespace(name), "\n",
                      Indented(value, indent + "  "));
}

// A value that changes; or a whole element, that comes or goes.
std::string ShowChange(const Change& change, const std::string& indent) {
  const bool is_whole = change.before.empty() != change.after.empty();
  const bool is_long = absl::StrContains(change.before + change.after, "\n");
  if (is_whole && (is_long || change.field.empty())) {
    return change.before.empty() ? Indented(change.after, indent + "+ ")
                                 : Indented(change.before, indent + "- ");
  }
  return Side("was    ", change.before, indent) + Side("to be  ", change.after, indent);
}

}  // namespace

std::vector<Change> Differences(const Charter& before, const Charter& after) {
  return Comparison().Sections(before, after);
}

std::string ShowDifferences(const std::vector<Change>& changes) {
  std::string text;
  const Change* last = nullptr;
  for (const Change& change : changes) {
    const bool is_new_section = last == nullptr || last->section != change.section;
    std::string indent = "  ";
    if (is_new_section) absl::StrAppend(&text, change.section, "\n");
    if (!change.element.empty()) {
      if (is_new_section || last->element != change.element) {
        absl::StrAppend(&text, indent, OneLine(change.element), "\n");
      }
      indent += "  ";
    }
    if (!change.field.empty()) {
      absl::StrAppend(&text, indent, OneLine(change.field), "\n");
      indent += "  ";
    }
    absl::StrAppend(&text, ShowChange(change, indent));
    last = &change;
  }
  return text;
}

std::string DifferencesJson(const std::vector<Change>& changes) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Change& change : changes) {
    list.push_back({{"section", change.section},
                    {"element", change.element},
                    {"field", change.field},
                    {"before", change.before},
                    {"after", change.after}});
  }
  return absl::StrCat(list.dump(2), "\n");
}

}  // namespace comity::client
