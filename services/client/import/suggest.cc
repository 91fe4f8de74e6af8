#include "services/client/import/suggest.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "services/client/import/header_words.h"
#include "services/client/import/map.h"
#include "services/client/output/text.h"
#include "services/client/profile.h"

namespace comity::client {
namespace {

constexpr size_t kFewCells = 12;
constexpr int kShownWidth = 40;
constexpr size_t kLongestKey = 56;  // of an attribute; a number may follow

// JSON's strings are YAML's. What would steer the terminal is escaped: names must stay as they are.
std::string Quoted(const std::string& text) {
  return Escaped(
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Writes one map.
class Suggestion {
 public:
  Suggestion(const FileSample& sample, const Collection& collection)
      : sample_(sample), collection_(collection) {
    ChooseFields();
  }

  std::string Write(const std::string& source, bool kind_is_guessed) {
    Line(absl::StrCat("# A first map, from the header and ", sample_.rows,
                      " rows. Read the doubts (`?`), mend them, and try it with --dry-run."));
    Line(absl::StrCat("kind: ", collection_.plural,
                      kind_is_guessed ? "  # ? told from the names of the columns" : ""));
    Line(absl::StrCat("source: ", Quoted(source), "  # ? a name for the system it comes from"));
    WriteIdentity();
    if (!sample_.blank_words.empty()) {
      std::vector<std::string> words;
      for (const std::string& word : sample_.blank_words) words.push_back(Quoted(word));
      Line(absl::StrCat("blank: [", absl::StrJoin(words, ", "), "]  # ? do these say nothing?"));
    }
    WriteDecimal();
    std::string head;
    head.swap(text_);
    WriteNeeded();
    for (size_t i = 0; i < sample_.columns.size(); ++i) {
      const auto field = fields_.find(i);
      if (field != fields_.end()) {
        WriteField(field->second, sample_.columns[i]);
      } else if (sample_.columns[i].name != identity_) {
        WriteAttribute(sample_.columns[i]);
      }
    }
    return absl::StrCat(head, text_.empty() ? "fields: {}\n" : "fields:\n", text_);
  }

 private:
  void Line(const std::string& line) { absl::StrAppend(&text_, line, "\n"); }

  bool IsIdentity(const ColumnSample& column) const {
    return column.unique && !column.many && column.filled == sample_.rows && sample_.rows > 0;
  }

  void WriteIdentity() {
    const ColumnSample* best = nullptr;
    for (const ColumnSample& column : sample_.columns) {
      if (!IsIdentity(column)) continue;
      const bool is_named = HasWord(Snake(column.name), "id");
      if (best == nullptr || (is_named && !HasWord(Snake(best->name), "id"))) best = &column;
    }
    if (best != nullptr) {
      identity_ = best->name;
      Line(absl::StrCat("identity: ", Quoted(best->name),
                        "  # different in each row of the sample"));
      return;
    }
    identity_ = sample_.columns.front().name;
    Line(absl::StrCat("identity: ", Quoted(identity_),
                      "  # ? no column tells the rows apart: name several, [a, b]"));
  }

  // How numbers are written, where they are not as a map takes them unasked.
  void WriteDecimal() {
    std::vector<std::string> by_comma;
    std::vector<std::string> by_point;
    std::vector<std::string> by_either;
    bool has_groups = false;
    for (const ColumnSample& column : sample_.columns) {
      if (column.filled == 0 || !column.amounts) continue;
      if (column.comma_only > 0 && column.comma_numbers) by_comma.push_back(Quoted(column.name));
      if (column.point_only > 0 && column.point_numbers) by_point.push_back(Quoted(column.name));
      const bool is_either = column.comma_only + column.point_only == 0 && column.groups;
      if (is_either) by_either.push_back(Quoted(column.name));
      has_groups = has_groups || column.groups;
    }
    if (!by_comma.empty() && !by_point.empty()) {
      Line(absl::StrCat("# ? decimal: a comma in ", absl::StrJoin(by_comma, ", "), ", a point in ",
                        absl::StrJoin(by_point, ", ")));
    } else if (!by_comma.empty()) {
      has_commas_ = true;
      Line(absl::StrCat("decimal: \",\"  # as in ", absl::StrJoin(by_comma, ", ")));
    } else if (!by_point.empty() && has_groups) {
      Line(absl::StrCat("decimal: \".\"  # as in ", absl::StrJoin(by_point, ", ")));
    } else if (!by_either.empty()) {
      Line(absl::StrCat("# ? decimal: \",\" or \".\": ", absl::StrJoin(by_either, ", "),
                        " can be read in both ways"));
    }
  }

  // What a record of the kind cannot do without, or seldom does.
  void WriteNeeded() {
    const std::string& kind = collection_.plural;
    if (kind == "accounts") Line("  kind: {constant: organization}  # ?");
    if (kind == "opportunities") {
      for (const char* field : {"display_name", "amount"}) {
        if (used_.contains(field)) continue;
        Line(absl::StrCat("  # ? ", field, ": no column is known to hold it"));
      }
    }
    const std::string field = kind == "cases" ? "title" : "display_name";
    const bool is_needed =
        kind == "cases" || kind == "accounts" || kind == "products" || kind == "campaigns";
    if (!is_needed || used_.contains(field)) return;
    Line(absl::StrCat("  ", field, ": ", Quoted(identity_),
                      "  # ? it is needed, and no column is known to hold it"));
  }

  // Each field gets the column whose name hints at it the strongest.
  void ChooseFields() {
    std::vector<std::string> names;
    for (const ColumnSample& column : sample_.columns) names.push_back(Snake(column.name));
    for (const Hint& hint : Hints()) {
      const std::string path(hint.field);
      const auto* field = FieldAt(*collection_.type(), path);
      if (field == nullptr) continue;
      for (size_t i = 0; i < names.size() && !used_.contains(path); ++i) {
        if (fields_.contains(i) || !PointsAt(hint, names[i], collection_)) continue;
        if (!Fits(*field, sample_.columns[i])) continue;
        fields_[i] = path;
        used_.insert(path);
      }
    }
  }

  static bool Fits(const google::protobuf::FieldDescriptor& field, const ColumnSample& column) {
    if (column.filled == 0) return false;
    const auto any_cell = [&](absl::string_view sign) {
      return std::any_of(column.cells.begin(), column.cells.end(),
                         [&](const auto& cell) { return absl::StrContains(cell.first, sign); });
    };
    if (field.name() == "email_address") return any_cell("@");
    if (field.name() == "domain") return any_cell(".") && !column.amounts && !any_cell(" ");
    if (field.message_type() == nullptr) return true;
    const std::string& type = field.message_type()->name();
    return type == "Money" ? column.amounts : column.dates;
  }

  void WriteField(const std::string& field, const ColumnSample& column) {
    const auto* descriptor = FieldAt(*collection_.type(), field);
    const std::string name = Quoted(column.name);
    if (descriptor->message_type() != nullptr && descriptor->message_type()->name() == "Money") {
      WriteMoney(field, column);
    } else if (descriptor->message_type() != nullptr && column.date.IsAmbiguous()) {
      WriteDoubtfulDate(field, column);
    } else if (field == "owner") {
      Line(absl::StrCat("  owner: {column: ", name, ", name: persons}  # ? import them before"));
    } else if (field == "account") {
      Line(absl::StrCat("  account: {column: ", name,
                        ", find: accounts}  # ? external ids of this source"));
    } else {
      Line(absl::StrCat("  ", field, ": ", name, Remark(column)));
    }
  }

  void WriteMoney(const std::string& field, const ColumnSample& column) {
    std::string currency = CurrencyOf(column.name);
    if (column.currencies.size() == 1) currency = *column.currencies.begin();
    if (column.currencies.size() > 1) currency = Quoted(kCurrencyInCell);
    const absl::string_view guess = has_commas_ ? "EUR" : "USD";
    Line(absl::StrCat("  ", field, ": {column: ", Quoted(column.name),
                      ", currency: ", currency.empty() ? guess : currency,
                      currency.empty() ? "}  # ? which currency" : "}"));
  }

  // No cell of the sample tells a day from a month or a year. With points, and where numbers have
  // decimal commas, people write the day first.
  void WriteDoubtfulDate(const std::string& field, const ColumnSample& column) {
    const DateSample& date = column.date;
    std::vector<std::string> names;
    for (const DateOrder order : kDateOrders) {
      if (date.orders[IndexOf(order)]) names.push_back(std::string(NameOf(order)));
    }
    const std::string format = date.formats.size() == 1 ? *date.formats.begin() : "";
    const bool is_day_first = date.orders[IndexOf(DateOrder::kDayFirst)] && !format.empty() &&
                              (has_commas_ || absl::StartsWith(format, "%d."));
    Line(absl::StrCat("  ", field, ": {column: ", Quoted(column.name),
                      is_day_first ? absl::StrCat(", format: ", Quoted(format)) : "", "}  # ? ",
                      absl::StrJoin(names, " or "), is_day_first ? "" : ": name the `format`"));
  }

  void WriteAttribute(const ColumnSample& column) {
    const std::string stem = Snake(column.name).substr(0, kLongestKey);
    std::string key = stem;
    for (int i = 2; !keys_.insert(key).second; ++i) key = absl::StrCat(stem, "_", i);
    Line(absl::StrCat("  attributes.", key, ": ", Quoted(column.name), Remark(column)));
  }

  // What a person may want to know of it.
  std::string Remark(const ColumnSample& column) const {
    if (column.filled == 0) return "  # empty in the sample";
    if (column.dates) return "  # dates";
    if (column.many || column.cells.size() > kFewCells) return "";
    std::vector<std::string> cells;
    for (const auto& [cell, count] : column.cells) {
      cells.push_back(Truncate(OneLine(cell), kShownWidth));
    }
    return absl::StrCat("  # ", absl::StrJoin(cells, ", "));
  }

  const FileSample& sample_;
  const Collection& collection_;
  std::string text_;
  std::string identity_;
  std::map<size_t, std::string> fields_;  // by the place of the column
  std::set<std::string> used_;
  std::set<std::string> keys_;
  bool has_commas_ = false;  // before decimals
};

// The kind whose fields most columns point at.
std::string KindOf(const FileSample& sample) {
  static constexpr const char* kKinds[] = {"leads",         "contacts", "accounts",
                                           "opportunities", "cases",    "products"};
  std::string best = "leads";
  int most = 0;
  for (const char* kind : kKinds) {
    const Collection& collection = *FindCollection(kind);
    int fields = 0;
    for (const ColumnSample& column : sample.columns) {
      const std::string snake = Snake(column.name);
      for (const Hint& hint : Hints()) {
        // A bare `name` or `date` may be one of anything.
        const bool tells = !hint.alone && PointsAt(hint, snake, collection) &&
                           FieldAt(*collection.type(), hint.field) != nullptr;
        fields += tells ? 1 : 0;
      }
      fields += WordsOfKind(snake, collection);
    }
    if (fields > most) best = kind;
    most = std::max(most, fields);
  }
  return best;
}

}  // namespace

absl::StatusOr<std::string> SuggestMap(const FileSample& sample, const std::string& kind,
                                       const std::string& source) {
  const std::string plural = kind.empty() ? KindOf(sample) : kind;
  const Collection* collection = FindCollection(plural);
  if (collection == nullptr || collection->has_chosen_ids()) {
    return Usage(absl::StrCat("no map can be suggested for `", kind, "`: name a kind of records"));
  }
  return Suggestion(sample, *collection).Write(source, kind.empty());
}

}  // namespace comity::client
