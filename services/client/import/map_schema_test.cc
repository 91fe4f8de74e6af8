// The schema that editors read says what the parser takes, no less and no more.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/client/api/schema.h"
#include "services/client/import/map.h"
#include "yaml-cpp/yaml.h"

namespace comity::client {
namespace {

using Json = nlohmann::json;

std::string TextOfFile(const std::string& path) {
  const std::string full =
      absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/services/client/", path);
  std::ifstream file(full);
  EXPECT_TRUE(file.good()) << full;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const Json& Schema() {
  static const auto* const schema = new Json(Json::parse(TextOfFile("maps/map.schema.json")));
  return *schema;
}

Json JsonOf(const YAML::Node& node) {
  if (node.IsMap()) {
    Json object = Json::object();
    for (const auto& item : node) object[item.first.as<std::string>()] = JsonOf(item.second);
    return object;
  }
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(JsonOf(item));
    return list;
  }
  const auto text = node.as<std::string>();
  int64_t number = 0;
  if (node.Tag() == "!") return text;  // it stands in quotes
  if (text == "true" || text == "false") return text == "true";
  if (absl::SimpleAtoi(text, &number)) return number;
  return text;
}

bool HasType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  return value.is_number();
}

std::string Fault(const Json& schema, const Json& value);

std::string FaultOfObject(const Json& schema, const Json& value) {
  for (const auto& key : schema.value("required", Json::array())) {
    if (!value.contains(key.get<std::string>())) return absl::StrCat("no ", key.dump());
  }
  const Json properties = schema.value("properties", Json::object());
  const Json others = schema.value("additionalProperties", Json(true));
  for (const auto& [key, part] : value.items()) {
    std::string fault;
    if (properties.contains(key)) {
      fault = Fault(properties[key], part);
    } else if (others.is_object()) {
      fault = Fault(others, part);
    } else if (others == false) {
      fault = "unknown";
    }
    if (!fault.empty()) return absl::StrCat(key, ": ", fault);
  }
  return "";
}

// Of the words of JSON schema, those that ours uses.
std::string Fault(const Json& schema, const Json& value) {
  if (schema.contains("$ref")) {
    const auto path = schema["$ref"].get<std::string>();
    return Fault(Schema().at(Json::json_pointer(path.substr(1))), value);
  }
  if (schema.contains("oneOf")) {
    std::string faults;
    int fitting = 0;
    for (const Json& way : schema["oneOf"]) {
      const std::string fault = Fault(way, value);
      fitting += fault.empty() ? 1 : 0;
      absl::StrAppend(&faults, " (", fault, ")");
    }
    return fitting == 1 ? "" : absl::StrCat("none or several of", faults);
  }
  if (schema.contains("enum")) {
    const Json& choices = schema["enum"];
    const bool is_one = std::find(choices.begin(), choices.end(), value) != choices.end();
    return is_one ? "" : absl::StrCat(value.dump(), " is none of ", choices.dump());
  }
  bool has_type = !schema.contains("type");
  const Json types = schema.value("type", Json::array());
  for (const auto& type : types.is_array() ? types : Json::array({types})) {
    has_type = has_type || HasType(value, type.get<std::string>());
  }
  if (!has_type) return absl::StrCat(value.dump(), " is not of type ", types.dump());
  if (value.is_object()) return FaultOfObject(schema, value);
  for (const Json& item : value.is_array() ? value : Json::array()) {
    const std::string fault = Fault(schema.value("items", Json::object()), item);
    if (!fault.empty()) return fault;
  }
  const bool has_pattern = value.is_string() && schema.contains("pattern");
  const std::string pattern = schema.value("pattern", "");
  const bool matches =
      !has_pattern || std::regex_search(value.get<std::string>(), std::regex(pattern));
  return matches ? "" : absl::StrCat(value.dump(), " does not match ", pattern);
}

TEST(MapSchemaTest, EveryShippedMapIsOne) {
  int maps = 0;
  const std::filesystem::path folder =
      absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/services/client/maps");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++maps;
    EXPECT_TRUE(ReadMap(entry.path().string()).ok()) << entry.path();
    EXPECT_EQ(Fault(Schema(), JsonOf(YAML::LoadFile(entry.path().string()))), "") << entry.path();
  }
  EXPECT_GE(maps, 11);
}

TEST(MapSchemaTest, NamesWhatIsNoMap) {
  const std::string head = "kind: leads\nsource: x\n";
  for (const char* more : {"colour: red", "zone: 5", "fields: {owner: {nose: a}}", "decimal: x",
                           "facts: [{each: {column: a, split: b}}]", "identity: {column: a}",
                           "fields: {amount: {column: a, currency: euro}}", "known: {a: {b: c}}"}) {
    EXPECT_NE(Fault(Schema(), JsonOf(YAML::Load(head + more))), "") << more;
  }
  EXPECT_NE(Fault(Schema(), JsonOf(YAML::Load("kind: leads"))), "");
}

// A place where keys stand: where the schema has them, and a map with the key KEY there.
struct KeyPlace {
  const char* properties;
  const char* yaml;
};
constexpr KeyPlace kPlaces[] = {
    {"/properties", "kind: leads\nsource: x\nidentity: id\nKEY: x\n"},
    {"/properties/identity/oneOf/2/properties", "kind: leads\nidentity: {KEY: x}\n"},
    {"/properties/subject/properties", "kind: case-events\nsubject: {KEY: x}\n"},
    {"/properties/facts/items/properties", "kind: leads\nfacts: [{KEY: x}]\n"},
    {"/properties/facts/items/properties/each/properties",
     "kind: leads\nfacts: [{kind: note, each: {KEY: x}}]\n"},
    {"/properties/judgements/items/properties", "kind: leads\njudgements: [{KEY: x}]\n"},
    {"/$defs/value/oneOf/1/properties", "kind: leads\nfields: {source: {KEY: x}}\n"},
};

// All words that the parser compares keys with.
std::set<std::string> WordsOfParser() {
  std::set<std::string> words;
  const std::regex comparison("key [!=]= \"(\\w+)\"");
  for (const char* file : {"map_parser.cc", "map_value_parser.cc", "map_yaml.cc"}) {
    const std::string text = TextOfFile(absl::StrCat("import/", file));
    for (std::sregex_iterator it(text.begin(), text.end(), comparison), end; it != end; ++it) {
      words.insert((*it)[1].str());
    }
  }
  return words;
}

TEST(MapSchemaTest, HasTheKeysOfTheParserAndNoOther) {
  std::set<std::string> words = WordsOfParser();
  EXPECT_GE(words.size(), 30u);
  for (const KeyPlace& place : kPlaces) {
    for (const auto& [key, property] : Schema().at(Json::json_pointer(place.properties)).items()) {
      words.insert(key);
    }
  }
  words.insert("colour");
  for (const KeyPlace& place : kPlaces) {
    const Json& properties = Schema().at(Json::json_pointer(place.properties));
    for (const std::string& word : words) {
      const std::string yaml = absl::StrReplaceAll(place.yaml, {{"KEY", word}});
      const absl::Status status = ParseMap(yaml, "m.yaml").status();
      const bool is_known = !absl::StrContains(status.message(), "unknown key");
      EXPECT_EQ(is_known, properties.contains(word)) << yaml << status;
    }
  }
}

TEST(MapSchemaTest, HasTheKindsOfTheParserAndNoOther) {
  std::set<std::string> kinds = {"case-events", "touches", "activities", "judgements", "planets"};
  for (const Collection& collection : Collections()) kinds.insert(collection.plural);
  const Json& choices = Schema()["properties"]["kind"]["enum"];
  for (const auto& kind : choices) kinds.insert(kind.get<std::string>());
  for (const std::string& kind : kinds) {
    const absl::Status status = ParseMap(absl::StrCat("kind: ", kind, "\n"), "m.yaml").status();
    const bool is_known = !absl::StrContains(status.message(), "cannot be imported");
    const bool is_named = std::find(choices.begin(), choices.end(), kind) != choices.end();
    EXPECT_EQ(is_known, is_named) << kind;
  }
}

}  // namespace
}  // namespace comity::client
