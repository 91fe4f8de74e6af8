// What happened to records and was judged of them, exported and imported again: to the records that
// it came from, where nothing changes, and under another source, where the same records come to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "services/client/import/table_reader.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::HasSubstr;

constexpr char kCasesMap[] = R"(kind: case-events
source: desk
identity: id
department: support
subject:
  column: case
  find: cases
  make:
    title: title
    open_time: opened
    team: {column: first, name: teams, make: {department: {constant: departments/support}}}
    attributes.colour: colour
facts:
  - {kind: handed-to-team, when: {what: hand}, fields: {occur_time: at, team: {column: team, name: teams, make: {department: {constant: departments/support}}}}}
  - {kind: waiting-for-customer, when: {what: wait}, fields: {occur_time: at, summary: text}}
  - {kind: resolved, when: {what: solve}, fields: {occur_time: at, attributes.by: text}}
  - {kind: reopened, when: {what: again}, fields: {occur_time: at, reason: text}}
  - {kind: note, when: {what: note}, fields: {occur_time: at, summary: text, attributes.a b: text}}
  - {kind: task, when: {what: task}, fields: {occur_time: at, due_time: opened, summary: text}}
judgements:
  - question: case-severity
    when: {sev: "*"}
    answer: {column: sev}
    fields: {occur_time: at, note: text, reason: what}
known: {what: [judge]}
)";
constexpr char kCases[] = R"(id,case,title,opened,first,colour,what,at,team,text,sev
1,A,"Broken; on ""Monday"",
 again",2024-01-02T03:04:05.678901Z,First Line,"light = blue, dark",hand,2024-01-03 10:00,Second Line,,
2,A,x,,,,wait,2024-01-04 10:00,,for word,
3,A,x,,,,hand,2024-01-05 10:00,First Line,,
4,A,x,,,,note,2024-01-05 10:00,,"A said: ""no"", then
a new line; and é | 漢",
5,A,x,,,,solve,2024-01-06 10:00,,sue,
6,A,x,,,,again,2024-01-07 10:00,,it-broke-again,
7,A,x,,,,judge,2024-01-08 10:00,,1.000,major
8,A,x,,,,judge,2024-01-09 10:00,,"A, worse",critical
9,C,Slow,2024-02-30x,,,,,,,
10,B,Slow,2024-02-03,First Line,,task,2024-02-04 10:00,,B: call back,minor
)";
constexpr char kLeadsMap[] = R"(kind: touches
source: path
identity: id
department: marketing
subject: {column: lead, find: leads, make: {family_name: who, capture_time: at}}
facts:
  - {kind: touch, when: {what: touch}, fields: {occur_time: at, channel: text, reason: lead}}
  - {kind: call, when: {what: call}, fields: {occur_time: at, summary: text, attributes.who: who}}
judgements:
  - question: lead-quality
    when: {quality: "*"}
    answer: {column: quality}
    fields: {occur_time: at, note: text}
known: {what: [judge]}
)";
constexpr char kLeads[] = R"(id,lead,who,what,at,text,quality
1,P,Pond,touch,2024-03-01,mail,
2,P,Pond,touch,2024-03-02,"=web, ""x""",
3,P,Pond,call,2024-03-03 08:15,"P, 2024-03-03",nurture
4,P,Pond,judge,2024-03-04,P again,qualified
5,Q,Quinn,touch,2024-03-01,"mail",
6,Q,Quinn,call,2024-03-03 08:15,wrong,disqualified
7,Q,Quinn,call,2024-03-03 08:16,never was,
)";

std::string PathOf(const std::string& name) { return Suite::Get().folder() + "/" + name; }

std::string Write(const std::string& name, const std::string& text) {
  std::ofstream(PathOf(name)) << text;
  return PathOf(name);
}

// What is exported, by whom.
struct What {
  std::string words;
  std::string source;  // of the records
  std::string as;
};
const std::vector<What>& All() {
  static const auto* const all =
      new std::vector<What>{{"cases", "desk", "sue@support"},
                            {"case-events", "desk", "sue@support"},
                            {"activities --of cases", "desk", "sue@support"},
                            {"judgements --of cases", "desk", "sue@support"},
                            {"leads", "path", "mia@marketing"},
                            {"touches", "path", "mia@marketing"},
                            {"activities --of leads", "path", "mia@marketing"},
                            {"judgements --of leads", "path", "mia@marketing"}};
  return *all;
}

using Rows = std::vector<std::map<std::string, std::string>>;

Rows Read(const std::string& path) {
  Rows rows;
  auto table = client::TableReader::Open(path);
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return rows;
  client::Row row;
  while (true) {
    const auto more = (*table)->Next(&row);
    EXPECT_TRUE(more.ok() && row.broken.empty()) << more.status() << row.broken;
    if (!more.ok() || !*more) return rows;
    auto& cells = rows.emplace_back();
    for (size_t i = 0; i < row.cells.size(); ++i) cells[(*table)->header()[i]] = row.cells[i];
  }
}

struct Exported {
  std::string import;  // the words that import it again
  Rows rows;
};

Exported ExportOf(const What& what, const std::string& source, const std::string& format,
                  const std::string& more = "") {
  const std::string path = PathOf(absl::StrCat("exported.", format));
  Comity(absl::StrCat("export ", what.words, " --filter external_id.source=", source, " --format ",
                      format, " --out ", path, " --map ", path, ".yaml --as ", what.as, " ", more));
  return {absl::StrCat("import ", path, " --map ", path, ".yaml --as ", what.as), Read(path)};
}

// The rows without what tells whose they are.
std::multiset<std::string> Contents(const Rows& rows) {
  const std::set<std::string> ids = {"name", "subject", "external_id.source", "external_id.id",
                                     "evidence"};
  std::multiset<std::string> contents;
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& [column, cell] : row) {
      if (!ids.contains(column)) cells.push_back(absl::StrCat(column, "=", cell));
    }
    contents.insert(absl::StrJoin(cells, "; "));
  }
  return contents;
}

std::string AllTaken(size_t rows) {
  return absl::StrCat("taken ", rows, ", unchanged 0, refused 0, conflicting 0;");
}
std::string AllUnchanged(size_t rows) {
  return absl::StrCat("taken 0, unchanged ", rows, ", refused 0, conflicting 0;");
}

class ClientRoundTrip : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string cases = Write("desk.csv", kCases);
    const Outcome desk = TryComity(absl::StrCat(
        "import ", cases, " --map ", Write("desk.yaml", kCasesMap), " --as sue@support"));
    ASSERT_THAT(desk.output, HasSubstr("taken 9, unchanged 0, refused 1,")) << desk.errors;
    const std::string leads = Write("path.csv", kLeads);
    Comity(absl::StrCat("import ", leads, " --map ", Write("path.yaml", kLeadsMap),
                        " --as mia@marketing"));
    ChangeByHand();
  }

 private:
  // A fact is corrected, one is voided, an answer withdrawn: none of them is told again.
  static void ChangeByHand() {
    const auto leads = ComityJson<lead::v1::ListLeadsResponse>(
        "lead list --show-all --filter external_id.source=path --as mia@marketing");
    ASSERT_EQ(leads.leads_size(), 2);
    for (const auto& lead : leads.leads()) {
      if (lead.family_name() != "Quinn") continue;
      const auto facts = ComityJson<fact::v1::ListFactsResponse>("facts " + lead.name());
      for (const auto& fact : facts.facts()) {
        if (fact.summary() == "wrong") {
          Comity(absl::StrCat("fact record ", lead.name(), " --kind call --corrects ", fact.name(),
                              " --summary right --reason misheard --as mia@marketing"));
        }
        if (fact.summary() == "never was") {
          Comity(absl::StrCat("fact void ", fact.name(), " --reason mixed-up --as mia@marketing"));
        }
      }
      const auto judgements =
          ComityJson<judgement::v1::ListJudgementsResponse>("judgements " + lead.name());
      ASSERT_EQ(judgements.judgements_size(), 1);
      Comity(absl::StrCat("withdraw ", judgements.judgements(0).name(), " --as mia@marketing"));
    }
  }
};

TEST_F(ClientRoundTrip, ComesBackUnchangedFromBothFormats) {
  const std::vector<size_t> rows = {2, 5, 2, 3, 2, 3, 2, 2};
  for (const std::string format : {"csv", "jsonl"}) {
    for (size_t i = 0; i < All().size(); ++i) {
      SCOPED_TRACE(absl::StrCat(All()[i].words, " as ", format));
      const Exported exported = ExportOf(All()[i], All()[i].source, format);
      EXPECT_EQ(exported.rows.size(), rows[i]);
      for (int again = 0; again < 2; ++again) {
        EXPECT_THAT(Comity(exported.import), HasSubstr(AllUnchanged(rows[i])));
      }
    }
  }
}

TEST_F(ClientRoundTrip, UnderAnotherSourceTheSameRecordsComeToBe) {
  for (const std::string format : {"csv", "jsonl"}) {
    const std::string source = absl::StrCat("copied-from-", format);
    for (const What& what : All()) {
      SCOPED_TRACE(absl::StrCat(what.words, " as ", format));
      const Exported exported = ExportOf(what, what.source, format, "--as-source " + source);
      const size_t rows = exported.rows.size();
      EXPECT_THAT(Comity(exported.import + " --dry-run"), HasSubstr(AllTaken(rows)));
      EXPECT_THAT(Comity(exported.import), HasSubstr(AllTaken(rows)));
      EXPECT_THAT(Comity(exported.import), HasSubstr(AllUnchanged(rows)));
    }
    for (const What& what : All()) {
      SCOPED_TRACE(absl::StrCat(what.words, " as ", format));
      for (const std::string more : {"", "--as-source x"}) {
        EXPECT_EQ(Contents(ExportOf(what, source, format, more).rows),
                  Contents(ExportOf(what, what.source, format, more).rows));
      }
    }
  }
}

// A file that was changed says so; what it does not say of a fact stays.
TEST_F(ClientRoundTrip, AChangedRowIsAConflictOrACorrection) {
  const What& calls = All()[6];
  const Exported exported = ExportOf(calls, calls.source, "csv");
  const std::string path = PathOf("exported.csv");
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Write("exported.csv", absl::StrReplaceAll(text, {{"P, 2024-03-03", "P, by phone"}}));
  const Outcome outcome = TryComity(exported.import);
  EXPECT_THAT(outcome.output, HasSubstr("taken 0, unchanged 1, refused 0, conflicting 1;"));
  EXPECT_THAT(outcome.errors, HasSubstr("CONTRADICTS_RECORD"));
  EXPECT_THAT(Comity(exported.import + " --overrule --dry-run"), HasSubstr("P, by phone"));
  EXPECT_THAT(Comity(exported.import + " --overrule"), HasSubstr("taken 1, unchanged 1"));
  const Exported after = ExportOf(calls, calls.source, "csv");
  EXPECT_EQ(after.rows.size(), exported.rows.size());
  const bool is_corrected = std::any_of(after.rows.begin(), after.rows.end(), [](const auto& row) {
    return row.at("summary") == "P, by phone" && row.at("attributes") == R"({"who":"Pond"})";
  });
  EXPECT_TRUE(is_corrected);
  // The older file says what was recorded first: that stays told.
  Write("exported.csv", text);
  EXPECT_THAT(Comity(exported.import), HasSubstr("taken 0, unchanged 2,"));
}

}  // namespace
}  // namespace comity::integration
