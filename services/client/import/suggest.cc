#include "services/client/import/suggest.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "services/client/import/date_text.h"
#include "services/client/output/text.h"
#include "services/client/profile.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr int64_t kMostRows = 5'000;
constexpr size_t kMostCells = 5'000;
constexpr size_t kFewCells = 12;
constexpr int kShownWidth = 40;
constexpr size_t kLongestKey = 56;  // of an attribute; a number may follow

const std::set<std::string>& BlankWords() {
  static const auto* words = new std::set<std::string>{
      "select", "null", "none",       "n/a",        "na",      "nan",       "?",
      "-",      "--",   "00/00/0000", "0000-00-00", "unknown", "undefined", "(blank)"};
  return *words;
}

// Words of a column's name that point at a field, the stronger ones first.
struct Hint {
  const char* word;
  const char* field;
};
constexpr Hint kHints[] = {{"email", "email_address"},
                           {"e_mail", "email_address"},
                           {"phone", "phone_number"},
                           {"mobile", "phone_number"},
                           {"first_name", "given_name"},
                           {"given_name", "given_name"},
                           {"last_name", "family_name"},
                           {"family_name", "family_name"},
                           {"surname", "family_name"},
                           {"job_title", "job_title"},
                           {"position", "job_title"},
                           {"company", "organization"},
                           {"organization", "organization"},
                           {"organisation", "organization"},
                           {"domain", "domain"},
                           {"website", "domain"},
                           {"country", "country"},
                           {"city", "city"},
                           {"sector", "sector"},
                           {"industry", "sector"},
                           {"title", "title"},
                           {"subject", "title"},
                           {"lead_source", "source"},
                           {"origin", "source"},
                           {"channel", "channel"},
                           {"owner", "owner"},
                           {"agent", "owner"},
                           {"account", "account"},
                           {"customer", "account"},
                           {"amount", "amount"},
                           {"close_value", "amount"},
                           {"price", "list_price"},
                           {"series", "series"},
                           {"created", "capture_time"},
                           {"created", "open_time"},
                           {"open", "open_time"},
                           {"contact_date", "capture_time"},
                           {"display_name", "display_name"},
                           {"name", "display_name"}};

std::string Snake(const std::string& name) {
  std::string snake;
  for (const char c : name) {
    if (absl::ascii_isalnum(c)) {
      snake.push_back(absl::ascii_tolower(c));
    } else if (!snake.empty() && snake.back() != '_') {
      snake.push_back('_');
    }
  }
  while (!snake.empty() && snake.back() == '_') snake.pop_back();
  return snake.empty() ? "column" : snake;
}

bool HasWord(const std::string& snake, const std::string& word) {
  return absl::StrContains(absl::StrCat("_", snake, "_"), absl::StrCat("_", word, "_")) ||
         absl::StrContains(absl::StrCat("_", snake, "s_"), absl::StrCat("_", word, "s_"));
}

// JSON's strings are YAML's.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsDate(const std::string& cell) {
  return std::any_of(kDateOrders.begin(), kDateOrders.end(), [&](DateOrder order) {
    return ReadDate(cell, order, absl::UTCTimeZone()).has_value();
  });
}

void SeeCell(const std::string& text, std::set<std::string>* blanks, ColumnSample* column) {
  if (text.empty()) return;
  if (BlankWords().contains(absl::AsciiStrToLower(text))) {
    ++column->blank_words;
    blanks->insert(text);
    return;
  }
  ++column->filled;
  double number = 0;
  column->dates = column->dates && IsDate(text);
  column->amounts = column->amounts && absl::SimpleAtod(text, &number);
  const auto known = column->cells.find(text);
  if (known != column->cells.end()) {
    ++known->second;
    column->unique = false;
  } else if (column->cells.size() < kMostCells) {
    column->cells[text] = 1;
  } else {
    column->many = true;
  }
}

// Writes one map.
class Suggestion {
 public:
  Suggestion(const FileSample& sample, const Collection& collection)
      : sample_(sample), collection_(collection) {}

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
    std::string head;
    head.swap(text_);
    WriteNeeded();
    for (const ColumnSample& column : sample_.columns) WriteColumn(column);
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

  // What a record of the kind cannot do without.
  void WriteNeeded() {
    if (collection_.plural == "accounts") Line("  kind: {constant: organization}  # ?");
    const std::string field = collection_.plural == "cases" ? "title" : "display_name";
    const bool is_needed = collection_.plural == "cases" || collection_.plural == "accounts" ||
                           collection_.plural == "products" || collection_.plural == "campaigns";
    const bool is_told =
        std::any_of(sample_.columns.begin(), sample_.columns.end(),
                    [&](const ColumnSample& column) { return FieldFor(column) == field; });
    if (!is_needed || is_told) return;
    used_.insert(field);
    Line(absl::StrCat("  ", field, ": ", Quoted(identity_), "  # ? what it is called"));
  }

  std::string FieldFor(const ColumnSample& column) const {
    const std::string snake = Snake(column.name);
    for (const Hint& hint : kHints) {
      if (!HasWord(snake, hint.word) || used_.contains(hint.field)) continue;
      const auto* field = FieldAt(*collection_.type(), hint.field);
      if (field == nullptr || !Fits(*field, column)) continue;
      return hint.field;
    }
    return "";
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

  void WriteColumn(const ColumnSample& column) {
    const std::string field = FieldFor(column);
    if (field.empty()) {
      if (column.name != identity_) WriteAttribute(column);
      return;
    }
    used_.insert(field);
    const auto* descriptor = FieldAt(*collection_.type(), field);
    const std::string name = Quoted(column.name);
    if (descriptor->message_type() != nullptr && descriptor->message_type()->name() == "Money") {
      Line(absl::StrCat("  ", field, ": {column: ", name, ", currency: USD}  # ? which currency"));
    } else if (field == "owner") {
      Line(absl::StrCat("  owner: {column: ", name, ", name: persons}  # ? import them before"));
    } else if (field == "account") {
      Line(absl::StrCat("  account: {column: ", name,
                        ", find: accounts}  # ? external ids of this source"));
    } else {
      Line(absl::StrCat("  ", field, ": ", name, Remark(column)));
    }
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
  std::set<std::string> used_;
  std::set<std::string> keys_;
};

// The kind whose fields most columns point at.
std::string KindOf(const FileSample& sample) {
  static constexpr const char* kKinds[] = {"leads",         "contacts", "accounts",
                                           "opportunities", "cases",    "products"};
  std::string best = "leads";
  int most = 0;
  for (const char* kind : kKinds) {
    int fields = 0;
    for (const ColumnSample& column : sample.columns) {
      for (const Hint& hint : kHints) {
        const bool has = HasWord(Snake(column.name), hint.word) &&
                         FieldAt(*FindCollection(kind)->type(), hint.field) != nullptr;
        fields += has ? 1 : 0;
      }
      fields += HasWord(Snake(column.name), FindCollection(kind)->singular) ? 1 : 0;
    }
    if (fields > most) best = kind;
    most = std::max(most, fields);
  }
  return best;
}

}  // namespace

absl::StatusOr<FileSample> SampleRows(RowReader* reader) {
  FileSample sample;
  for (const std::string& name : reader->header()) sample.columns.emplace_back().name = name;
  std::set<std::string> blanks;
  Row row;
  while (sample.rows < kMostRows) {
    COMITY_ASSIGN_OR_RETURN(const bool more, reader->Next(&row));
    if (!more) break;
    if (!row.broken.empty()) continue;
    ++sample.rows;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      SeeCell(std::string(absl::StripAsciiWhitespace(row.cells[i])), &blanks, &sample.columns[i]);
    }
  }
  sample.blank_words.assign(blanks.begin(), blanks.end());
  return sample;
}

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
