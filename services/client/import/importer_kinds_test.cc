// Each kind of row from file to record, against a stand-in for all services.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "comity/account/v1/account.pb.h"
#include "comity/account/v1/contact.pb.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/support/v1/case.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"
#include "services/client/import/importer.h"
#include "services/client/import/record_paths.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const FieldDescriptor* FieldOf(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

// Keeps records and facts of all collections.
class AllServices final : public Caller {
 public:
  absl::Status Try(const std::string&, const Identity&, absl::string_view method,
                   const Message& request, Message* reply) override {
    absl::MutexLock lock(&mutex_);
    if (absl::EndsWith(method, "/GetCharter")) return GetCharter(reply);
    if (absl::EndsWith(method, "/ListFacts")) {
      for (const auto& fact : facts[Cell(request, "parent")]) {
        *static_cast<fact::v1::ListFactsResponse*>(reply)->add_facts() = fact;
      }
      return absl::OkStatus();
    }
    if (absl::EndsWith(method, "/BatchRecordFacts")) return Record(request, reply);
    if (absl::EndsWith(method, "/SetMembership")) {
      return Join(static_cast<const gateway::v1::SetMembershipRequest&>(request).membership());
    }
    for (const Collection& collection : Collections()) {
      if (method == collection.Method("List")) return List(collection, request, reply);
      if (method == collection.Method("Get")) return Get(Cell(request, "name"), reply);
      if (method == collection.Method("Update")) return Update(collection, request, reply);
      if (method == collection.Method("BatchCreate")) return Batch(collection, request, reply);
      if (method == collection.Method("BatchUpdate")) return Batch(collection, request, reply);
    }
    return absl::UnimplementedError(method);
  }

  // Of a collection, in the order of their names.
  template <typename Record>
  std::vector<Record> All(const std::string& plural) const {
    std::vector<Record> all;
    for (const auto& [name, record] : records) {
      if (absl::StartsWith(name, plural + "/")) all.push_back(static_cast<const Record&>(*record));
    }
    return all;
  }

  std::map<std::string, std::unique_ptr<Message>> records;   // by name
  std::map<std::string, std::vector<fact::v1::Fact>> facts;  // by subject
  int creates = 0;                                           // that were asked for

 private:
  static absl::Status GetCharter(Message* reply) {
    auto* charter = static_cast<type::v1::Charter*>(reply);
    charter->set_revision(1);
    charter->add_departments("departments/sales");
    auto* access = charter->add_access();
    access->set_department("*");
    access->set_collection("*");
    access->set_update(true);
    access->add_record("*");
    return absl::OkStatus();
  }

  absl::Status List(const Collection& collection, const Message& request, Message* reply) const {
    const std::string filter = Cell(request, "filter");
    for (const auto& [name, record] : records) {
      if (!absl::StartsWith(name, collection.plural + "/")) continue;
      const std::string term = absl::StrCat("id = \"", Cell(*record, "external_id.id"), "\"");
      if (!absl::StrContains(filter, term)) continue;
      reply->GetReflection()
          ->AddMessage(reply, FieldOf(*reply, collection.plural))
          ->CopyFrom(*record);
    }
    return absl::OkStatus();
  }

  absl::Status Get(const std::string& name, Message* reply) const {
    const auto found = records.find(name);
    if (found == records.end()) return NotFound(name);
    reply->CopyFrom(*found->second);
    return absl::OkStatus();
  }

  absl::Status Join(const gateway::v1::Membership& membership) {
    auto& person = static_cast<gateway::v1::Person&>(*records.at(membership.person()));
    person.clear_memberships();
    *person.add_memberships() = membership;
    return absl::OkStatus();
  }

  absl::Status Batch(const Collection& collection, const Message& request, Message* reply) {
    const auto* items = FieldOf(request, "requests");
    for (int i = 0; i < request.GetReflection()->FieldSize(request, items); ++i) {
      const Message& item = request.GetReflection()->GetRepeatedMessage(request, items, i);
      Message* result = reply->GetReflection()->AddMessage(reply, FieldOf(*reply, "results"));
      const bool creates = FieldOf(item, "update_mask") == nullptr;
      const auto record = New(collection.type());
      const absl::Status status =
          creates ? Create(collection, item, record.get()) : Update(collection, item, record.get());
      SetResult(status, *record, FieldOf(*result, collection.singular), result);
    }
    return absl::OkStatus();
  }

  static void SetResult(const absl::Status& status, const Message& value,
                        const FieldDescriptor* field, Message* result) {
    if (status.ok()) {
      result->GetReflection()->MutableMessage(result, field)->CopyFrom(value);
      return;
    }
    Message* item = result->GetReflection()->MutableMessage(result, FieldOf(*result, "status"));
    item->GetReflection()
        ->MutableMessage(item, FieldOf(*item, "status"))
        ->CopyFrom(ToRpcStatus(status));
  }

  absl::Status Create(const Collection& collection, const Message& item, Message* record) {
    record->CopyFrom(item.GetReflection()->GetMessage(item, FieldOf(item, collection.singular)));
    ++creates;
    if (absl::Status status = CheckFacts(item); !status.ok()) return status;
    if (Cell(*record, "title").size() > 300) {
      return InvalidField("FIELD_TOO_LONG", "case.title", "at most 300 bytes");
    }
    const bool is_chosen = collection.has_chosen_ids();
    const std::string id = is_chosen ? Cell(item, collection.singular + "_id")
                                     : absl::StrFormat("0190aaaa-0000-7000-8000-%012d", ++last_);
    const std::string name = absl::StrCat(collection.plural, "/", id);
    if (records.contains(name)) return AlreadyExists("NAME_TAKEN", name, "it is taken");
    for (const auto& [taken, other] : records) {
      if (is_chosen || !absl::StartsWith(taken, collection.plural + "/")) continue;
      if (Cell(*other, "external_id.id") == Cell(*record, "external_id.id")) {
        return AlreadyExists("EXTERNAL_ID_TAKEN", taken, "it is taken");
      }
    }
    SetField(record, "name", name).IgnoreError();
    SetField(record, "etag", "1").IgnoreError();
    records[name].reset(record->New());
    records[name]->CopyFrom(*record);
    AddFacts(name, item);
    return absl::OkStatus();
  }

  absl::Status Update(const Collection& collection, const Message& item, Message* record) {
    const Message& given =
        item.GetReflection()->GetMessage(item, FieldOf(item, collection.singular));
    const auto held = records.find(Cell(given, "name"));
    if (held == records.end()) return NotFound(Cell(given, "name"));
    const auto& mask = static_cast<const google::protobuf::FieldMask&>(
        item.GetReflection()->GetMessage(item, FieldOf(item, "update_mask")));
    const bool is_check = Cell(item, "validate_only") == "true";
    for (const std::string& path : mask.paths()) {
      if (!is_check) CopyPath(given, path, held->second.get());
    }
    AddFacts(held->first, item);
    record->CopyFrom(*held->second);
    return absl::OkStatus();
  }

  // As services check each item of a batch, by the place of what is wrong.
  static absl::Status CheckSummary(const fact::v1::Fact& fact, const std::string& place) {
    if (fact.summary().size() <= 4'000) return absl::OkStatus();
    return InvalidField("FIELD_TOO_LONG", place + ".summary", "at most 4,000 bytes");
  }

  static absl::Status CheckFacts(const Message& item) {
    const auto* field = FieldOf(item, "facts");
    for (int i = 0; field != nullptr && i < item.GetReflection()->FieldSize(item, field); ++i) {
      const auto& fact = static_cast<const fact::v1::Fact&>(
          item.GetReflection()->GetRepeatedMessage(item, field, i));
      absl::Status status = CheckSummary(fact, absl::StrCat("facts[", i, "]"));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void AddFacts(const std::string& subject, const Message& item) {
    const auto* field = FieldOf(item, "facts");
    for (int i = 0; field != nullptr && i < item.GetReflection()->FieldSize(item, field); ++i) {
      facts[subject].push_back(static_cast<const fact::v1::Fact&>(
          item.GetReflection()->GetRepeatedMessage(item, field, i)));
    }
  }

  absl::Status Record(const Message& request, Message* reply) {
    for (const auto& item :
         static_cast<const fact::v1::BatchRecordFactsRequest&>(request).requests()) {
      auto* result = static_cast<fact::v1::BatchRecordFactsResponse*>(reply)->add_results();
      const absl::Status status = CheckSummary(item.fact(), "fact");
      if (status.ok()) facts[item.parent()].push_back(item.fact());
      SetResult(status, item.fact(), FieldOf(*result, "fact"), result);
    }
    return absl::OkStatus();
  }

  absl::Mutex mutex_;
  size_t last_ = 0;
};

class ImporterKindsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/importer_kinds_", getpid(), ".csv");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  ImportReport Run(const std::string& yaml, const std::string& rows, bool overrule = false) {
    const auto map = ParseMap(yaml, "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    if (!map.ok()) return {};
    std::ofstream(path_) << rows;
    ImportOptions options;
    options.path = path_;
    WriteContext context;
    context.caller = &services_;
    context.as = *ParseIdentity("ana@sales");
    context.map = &*map;
    context.overrule = overrule;
    auto report = Import(options, context);
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return {};
    EXPECT_TRUE(report->stopped.ok()) << report->stopped;
    EXPECT_EQ(report->tally.total(), report->rows);
    return *std::move(report);
  }

  AllServices services_;
  std::string path_;
};

constexpr char kPersons[] =
    "kind: persons\nsource: x\nidentity: name\nfields: {display_name: name, manager: {column: "
    "manager, name: persons}}\n";

TEST_F(ImporterKindsTest, Contacts) {
  const std::string map =
      "kind: contacts\nsource: x\nidentity: id\nfields:\n  given_name: first\n"
      "  family_name: last\n  email_address: mail\n  attributes.nick: nick\n"
      "  account: {column: company, find: accounts, make: {kind: {constant: organization}}}\n";
  const std::string header = "id,first,last,mail,nick,company\n";
  const std::string turing = "2,Alan,Turing,alan@example.org,,Acme\n";
  EXPECT_EQ(Run(map, header + "1,Ada,Lovelace,ada@example.org,A.,Acme\n" + turing).tally.taken, 2);
  const auto contacts = services_.All<account::v1::Contact>("contacts");
  ASSERT_EQ(contacts.size(), 2u);
  const auto accounts = services_.All<account::v1::Account>("accounts");
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts[0].display_name(), "Acme");
  for (const auto& contact : contacts) {
    EXPECT_EQ(contact.account(), accounts[0].name());
    if (contact.external_id().id() != "1") continue;
    EXPECT_EQ(contact.external_id().source(), "x");
    EXPECT_EQ(contact.given_name(), "Ada");
    EXPECT_EQ(contact.family_name(), "Lovelace");
    EXPECT_EQ(contact.email_address(), "ada@example.org");
    EXPECT_EQ(contact.attributes().at("nick"), "A.");
  }
  const Tally tally = Run(map, header + "1,Ada,Lovelace,ada@example.com,A.,Acme\n" + turing).tally;
  EXPECT_EQ(tally.taken, 1);
  EXPECT_EQ(tally.unchanged, 1);
}

TEST_F(ImporterKindsTest, Activities) {
  EXPECT_EQ(Run("kind: leads\nsource: x\nidentity: id\nfields: {source: from}\n",
                "id,from\nL1,web\nL2,fair\n")
                .tally.taken,
            2);
  const std::string map =
      "kind: activities\nsource: x\nidentity: no\nsubject: {column: lead, find: leads}\nfacts:\n"
      "  - kind: call\n    when: {what: phoned}\n"
      "    fields: &row {occur_time: at, summary: text}\n"
      "  - kind: meeting\n    when: {what: met}\n    fields: *row\n";
  const std::string rows =
      "no,lead,what,at,text\n1,L1,phoned,2026-01-05,first\n2,L1,met,2026-01-06,second\n"
      "3,L2,met,2026-01-07,third\n4,L3,met,2026-01-07,nobody\n5,L2,sang,2026-01-07,aloud\n";
  const ImportReport report = Run(map, rows);
  EXPECT_EQ(report.tally.taken, 3);
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(report.problems[0].line, 5);
  EXPECT_EQ(report.problems[1].reason, "VALUE_UNKNOWN");
  std::string told;
  for (const auto& lead : services_.All<lead::v1::Lead>("leads")) {
    for (const auto& fact : services_.facts[lead.name()]) {
      absl::StrAppend(&told, lead.external_id().id(), " ", Cell(fact, "kind"), " ", fact.summary(),
                      " ", fact.occur_time().seconds() / 86'400, "\n");
    }
  }
  EXPECT_THAT(told, ::testing::AllOf(HasSubstr("L1 call first 20458\nL1 meeting second 20459\n"),
                                     HasSubstr("L2 meeting third 20460\n")));
  EXPECT_EQ(Run(map, rows).tally.unchanged, 3);
}

TEST_F(ImporterKindsTest, Cases) {
  const std::string map =
      "kind: cases\nsource: x\nidentity: id\nfields:\n  title: title\n  channel: by\n"
      "  open_time: opened\n  account: {column: company, find: accounts, required: true}\n"
      "  team: {column: team, name: teams, make: true}\n"
      "facts:\n  - kind: closed\n    when: {state: done}\n"
      "    fields: {occur_time: {column: closed, required: true}}\nknown: {state: open}\n";
  const std::string accounts =
      "kind: accounts\nsource: x\nidentity: id\nfields: {display_name: id, kind: {constant: "
      "organization}}\n";
  EXPECT_EQ(Run(accounts, "id\nAcme\n").tally.taken, 1);
  const std::string rows =
      "id,title,by,opened,company,team,state,closed\n"
      "1,Printer,mail,2026-01-05,Acme,First line,done,2026-01-09\n"
      "2,Screen,phone,2026-01-06,Acme,First line,open,\n"
      "3,Mouse,phone,2026-01-06,Nobody,First line,open,\n";
  const ImportReport report = Run(map, rows);
  EXPECT_EQ(report.tally.taken, 2);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(report.problems[0].column, "company");
  const auto cases = services_.All<support::v1::Case>("cases");
  ASSERT_EQ(cases.size(), 2u);
  for (const auto& one : cases) {
    const bool is_first = one.external_id().id() == "1";
    EXPECT_EQ(one.title(), is_first ? "Printer" : "Screen");
    EXPECT_EQ(one.channel(), is_first ? "mail" : "phone");
    EXPECT_EQ(one.open_time().seconds() / 86'400, is_first ? 20'458 : 20'459);
    EXPECT_EQ(one.team(), "teams/first-line");
    EXPECT_EQ(one.account(), services_.All<account::v1::Account>("accounts")[0].name());
    EXPECT_EQ(services_.facts[one.name()].size(), is_first ? 1u : 0u);
  }
  EXPECT_EQ(Run(map, rows).tally.unchanged, 2);
}

// The first row makes the case; where what it tells cannot be taken, the second does.
TEST_F(ImporterKindsTest, AnEventThatIsRefusedIsRefusedAlone) {
  const std::string map =
      "kind: case-events\nsource: x\nidentity: no\n"
      "subject: {column: case, find: cases, make: {title: title}}\n"
      "facts:\n  - kind: note\n    fields: {summary: text}\n";
  const std::string header = "no,case,title,text\n";
  const std::string long_text(4'001, 'x');
  const ImportReport report =
      Run(map, absl::StrCat(header, "1,A,Printer,", long_text, "\n2,A,,fine\n3,A,,fine too\n"));
  EXPECT_EQ(report.tally.taken, 2);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].line, 2);
  EXPECT_EQ(report.problems[0].reason, "FIELD_TOO_LONG");
  const auto cases = services_.All<support::v1::Case>("cases");
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].title(), "Printer");
  EXPECT_EQ(services_.facts[cases[0].name()].size(), 2u);
  // Where the record itself cannot be, it is asked for once.
  services_.creates = 0;
  const ImportReport none =
      Run(map, absl::StrCat(header, "4,B,", std::string(301, 't'), ",a\n5,B,,b\n6,B,,c\n"));
  EXPECT_EQ(none.tally.refused, 3);
  EXPECT_EQ(services_.creates, 1);
}

// Exported again, rows are known by the names of facts.
TEST_F(ImporterKindsTest, ARowThatNamesAFactRecordsNone) {
  EXPECT_EQ(Run("kind: leads\nsource: x\nidentity: id\nfields: {source: from}\n", "id,from\nL1,a\n")
                .tally.taken,
            1);
  const std::string lead = services_.All<lead::v1::Lead>("leads")[0].name();
  const std::string name = lead + "/facts/0190aaaa-0000-7000-8000-000000000001";
  fact::v1::Fact call;
  call.set_name(name);
  call.set_kind(fact::v1::FACT_KIND_CALL);
  call.set_summary("hello\n");
  services_.facts[lead] = {call};
  const std::string map =
      "kind: activities\nsource: comity\nidentity: name\nsubject: {column: of, find: leads}\n"
      "facts: [{kind: call, fields: {summary: text}}]\n";
  const std::string header = "name,of,text\n";
  EXPECT_EQ(Run(map, absl::StrCat(header, name, ",", lead, ",hello\n")).tally.unchanged, 1);
  const ImportReport other = Run(map, absl::StrCat(header, name, "2,", lead, ",hello\n", name,
                                                   ",leads/", lead.substr(6), ",hullo\n"));
  ASSERT_EQ(other.problems.size(), 2u);
  EXPECT_EQ(other.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(other.problems[1].reason, "CONTRADICTS_RECORD");
  EXPECT_EQ(services_.facts[lead].size(), 1u);
}

TEST_F(ImporterKindsTest, TwoNamesOfOneIdAreNotOnePerson) {
  const std::string rows = "name,manager\nAna Bo,\nAna-Bo,\nJon Li,Ana Bo\n";
  const ImportReport report = Run(kPersons, rows);
  EXPECT_EQ(report.tally.taken, 2);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "NAME_TAKEN");
  EXPECT_EQ(report.problems[0].line, 3);
  EXPECT_EQ(report.problems[0].value, "Ana-Bo");
  EXPECT_THAT(report.problems[0].message, HasSubstr("line 2, `Ana Bo`"));
  const auto persons = services_.All<gateway::v1::Person>("persons");
  ASSERT_EQ(persons.size(), 2u);
  EXPECT_EQ(persons[0].display_name(), "Ana Bo");
  EXPECT_EQ(persons[1].manager(), "persons/ana-bo");
  EXPECT_EQ(Run(kPersons, rows).tally.unchanged, 2);
}

// Nor where the first one came with another file.
TEST_F(ImporterKindsTest, ANamesakeOfAnotherFileIsNotTakenOver) {
  EXPECT_EQ(Run(kPersons, "name,manager\nAna Bo,\n").tally.taken, 1);
  const ImportReport report = Run(kPersons, "name,manager\nAna-Bo,\n");
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "NAME_TAKEN");
  EXPECT_THAT(report.problems[0].message, HasSubstr("persons/ana-bo is `Ana Bo`"));
  EXPECT_EQ(services_.All<gateway::v1::Person>("persons")[0].display_name(), "Ana Bo");
  EXPECT_EQ(Run(kPersons, "name,manager\nAna-Bo,\n", /*overrule=*/true).tally.taken, 1);
  EXPECT_EQ(services_.All<gateway::v1::Person>("persons")[0].display_name(), "Ana-Bo");
}

TEST_F(ImporterKindsTest, TwoTeamsOfOneIdAreTwo) {
  const std::string map = "kind: teams\nsource: x\nidentity: name\nfields: {display_name: name}\n";
  const ImportReport report = Run(map, "name\nNorth East\nNorth/East\nNörth\nNoerth\n");
  EXPECT_EQ(report.tally.taken, 2);
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.problems[0].reason, "NAME_TAKEN");
  EXPECT_EQ(report.problems[0].line, 3);
  EXPECT_EQ(report.problems[1].line, 5);
}

// A line of superiors that stands upside down.
TEST_F(ImporterKindsTest, PersonsMayNameLaterOnes) {
  std::string rows = "name,manager\n";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&rows, "P", i, ",P", i + 1, "\n");
  const ImportReport none = Run(kPersons, rows);
  EXPECT_EQ(none.tally.refused, 100);
  EXPECT_EQ(none.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Run(kPersons, rows + "P100,\n").tally.taken, 101);
}

// A role that a steward took away is not given back by a file that says what it said.
TEST_F(ImporterKindsTest, ARoleThatWasTakenAwayStaysAway) {
  const auto map = [](const std::string& roles) {
    return absl::StrCat("kind: persons\nsource: x\nidentity: name\ndepartment: sales\nroles: [",
                        roles, "]\nfields: {display_name: name, office: office}\n");
  };
  const auto roles = [this] {
    const auto ana = services_.All<gateway::v1::Person>("persons")[0];
    return ana.memberships().empty() ? 0 : ana.memberships(0).roles_size();
  };
  const auto dismiss = [this] {
    static_cast<gateway::v1::Person&>(*services_.records.at("persons/ana")).clear_memberships();
  };
  const std::string rows = "name,office\nAna,Oslo\n";
  EXPECT_EQ(Run(map("member"), rows).tally.taken, 1);
  EXPECT_EQ(roles(), 1);
  EXPECT_EQ(Run(map("member"), rows).tally.unchanged, 1);
  dismiss();
  Tally tally = Run(map("member"), rows).tally;
  EXPECT_EQ(tally.unchanged, 1);
  EXPECT_EQ(tally.kept, 1);
  EXPECT_EQ(roles(), 0);
  // Neither with news of the profile.
  tally = Run(map("member"), "name,office\nAna,Bergen\n").tally;
  EXPECT_EQ(tally.taken, 1);
  EXPECT_EQ(tally.kept, 1);
  EXPECT_EQ(roles(), 0);
  // It is where the map says something else, or who imports does.
  EXPECT_EQ(Run(map("member, steward"), "name,office\nAna,Bergen\n").tally.taken, 1);
  EXPECT_EQ(roles(), 2);
  dismiss();
  EXPECT_EQ(Run(map("member, steward"), "name,office\nAna,Bergen\n", /*overrule=*/true).tally.taken,
            1);
  EXPECT_EQ(roles(), 2);
}

// What a later row would make of it is not what the first says.
TEST_F(ImporterKindsTest, ASubjectWhoseFirstRowIsRefusedIsNotMade) {
  const std::string map =
      "kind: case-events\nsource: x\nidentity: no\n"
      "subject: {column: case, find: cases, make: {title: title}}\n"
      "facts:\n  - kind: note\n    fields: {summary: {column: text, required: true}}\n";
  const std::string header = "no,case,title,text\n";
  const ImportReport report =
      Run(map, header + "1,A,Printer,\n2,A,,fine\n,C,Mouse,x\n4,C,,y\n3,B,Screen,ok\n");
  EXPECT_EQ(report.tally.taken, 1);
  std::vector<std::string> reasons;
  for (const Problem& problem : report.problems) reasons.push_back(problem.reason);
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre("VALUE_MISSING", "REFERENCE_NOT_FOUND",
                                                       "IDENTITY_MISSING", "REFERENCE_NOT_FOUND"));
  ASSERT_EQ(services_.All<support::v1::Case>("cases").size(), 1u);
  EXPECT_EQ(services_.All<support::v1::Case>("cases")[0].title(), "Screen");
  EXPECT_EQ(Run(map, header + "1,A,Printer,mended\n2,A,,fine\n").tally.taken, 2);
  // Of one that is there, other rows are taken.
  EXPECT_EQ(Run(map, header + "5,A,,\n6,A,,more\n").tally.taken, 1);
}

TEST_F(ImporterKindsTest, ASubjectWhoseFirstRowsAreNotUniqueIsNotMade) {
  const std::string map =
      "kind: case-events\nsource: x\nidentity: [case, at]\n"
      "subject: {column: case, find: cases, make: {title: title}}\n"
      "facts:\n  - kind: note\n    fields: {occur_time: at, summary: text}\n";
  const std::string header = "case,at,title,text\n";
  const ImportReport report = Run(map, header +
                                           "A,2026-01-05,Printer,x\nA,2026-01-05,Printer,y\n"
                                           "A,2026-01-06,Later,z\nB,2026-01-06,Screen,ok\n");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.refused, 3);
  ASSERT_EQ(services_.All<support::v1::Case>("cases").size(), 1u);
  EXPECT_EQ(services_.All<support::v1::Case>("cases")[0].title(), "Screen");
}

TEST_F(ImporterKindsTest, EventsThatLookBackStandInOrderOfTime) {
  const std::string map =
      "kind: case-events\nsource: x\nidentity: no\n"
      "subject: {column: case, find: cases, make: {title: case}}\nknown: {status: Open}\nfacts:\n"
      "  - {kind: reopened, before: {status: Closed}, fields: &row {occur_time: at}}\n"
      "  - {kind: closed, when: {status: Closed}, fields: *row}\n"
      "  - {kind: note, otherwise: true, fields: *row}\n";
  const std::string rows =
      "no,case,status,at\n1,A,Open,2026-01-05\n2,A,Closed,2026-01-07\n3,A,Open,2026-01-06\n"
      "4,B,Open,2026-01-01\n5,A,Open,2026-01-07\n1,A,Open,2026-01-05\n";
  const ImportReport report = Run(map, rows);
  EXPECT_EQ(report.tally.taken, 4);
  EXPECT_EQ(report.tally.unchanged, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "ROWS_OUT_OF_ORDER");
  EXPECT_EQ(report.problems[0].line, 4);
  std::string kinds;
  for (const auto& held : services_.All<support::v1::Case>("cases")) {
    if (held.external_id().id() != "A") continue;
    for (const auto& fact : services_.facts[held.name()]) {
      absl::StrAppend(&kinds, Cell(fact, "kind"), " ");
    }
  }
  EXPECT_EQ(kinds, "note closed reopened ");
}

TEST_F(ImporterKindsTest, AFactThatARowSaysNoLongerIsNotPassedOver) {
  const std::string map =
      "kind: leads\nsource: x\nidentity: id\nfields: {source: from}\nfacts:\n"
      "  - {kind: touch, unless: {from: nowhere}, fields: {channel: from}}\nknown: {from: web}\n";
  EXPECT_EQ(Run(map, "id,from\nL1,web\n").tally.taken, 1);
  EXPECT_EQ(Run(map, "id,from\nL1,web\n").tally.unchanged, 1);
  const ImportReport report = Run(map, "id,from\nL1,nowhere\n");
  EXPECT_EQ(report.tally.conflicting, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "NO_LONGER_SAID");
  EXPECT_EQ(report.problems[0].value, "touch");
  EXPECT_EQ(Run(map, "id,from\nL1,nowhere\n", /*overrule=*/true).tally.taken, 1);
  const auto lead = services_.All<lead::v1::Lead>("leads")[0];
  EXPECT_EQ(lead.source(), "nowhere");
  ASSERT_EQ(services_.facts[lead.name()].size(), 2u);
  EXPECT_EQ(services_.facts[lead.name()][1].kind(), fact::v1::FACT_KIND_VOIDED);
}

// What people change of a case that its first row made is told from what the file says.
TEST_F(ImporterKindsTest, WhatARowMakesIsRemembered) {
  const std::string map =
      "kind: case-events\nsource: x\nidentity: no\n"
      "subject: {column: case, find: cases, make: {title: title}}\n"
      "facts:\n  - kind: note\n    fields: {summary: text}\n";
  EXPECT_EQ(Run(map, "no,case,title,text\n1,A,Printer,hello\n").tally.taken, 1);
  const std::string name = services_.All<support::v1::Case>("cases")[0].name();
  static_cast<support::v1::Case&>(*services_.records.at(name)).set_title("The printer");
  const std::string own = "kind: cases\nsource: x\nidentity: id\nfields: {title: title}\n";
  const Tally tally = Run(own, "id,title\nA,Printer\n").tally;
  EXPECT_EQ(tally.unchanged, 1);
  EXPECT_EQ(tally.kept, 1);
  EXPECT_EQ(services_.All<support::v1::Case>("cases")[0].title(), "The printer");
}

TEST_F(ImporterKindsTest, AnAmountThatIsTextIsNoNumberOfTheFormat) {
  const auto map = [](const std::string& more) {
    return absl::StrCat("kind: products\nsource: x\nidentity: id\n", more,
                        "fields: {display_name: id, list_price: {column: price, currency: EUR}}\n");
  };
  const std::string rows = "{\"id\":\"a\",\"price\":1.000}\n{\"id\":\"b\",\"price\":\"1.000\"}\n";
  const ImportReport report = Run(map(""), rows);
  EXPECT_EQ(report.tally.taken, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "NUMBER_AMBIGUOUS");
  EXPECT_EQ(Run(map("decimal: \",\"\n"), rows).tally.taken, 1);
  std::map<std::string, std::string> prices;
  for (const auto& [name, record] : services_.records) {
    prices[Cell(*record, "external_id.id")] = Cell(*record, "list_price");
  }
  EXPECT_EQ(prices["a"], "1.00 EUR");
  EXPECT_EQ(prices["b"], "1,000.00 EUR");
}

}  // namespace
}  // namespace comity::client
