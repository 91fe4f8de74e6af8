// The statements that the service sends for the same work, by hand: if a migration or the runtime's
// order of statements changes, these change with it.
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"
#include "tests/bench/cases.h"

namespace comity::bench {
namespace {

using storage::Session;
using storage::Value;

constexpr char kLeadColumns[] =
    "`id`, `version`, `revision`, `create_time`, `update_time`, `external_source`, `external_id`, "
    "`given_name`, `family_name`, `email_address`, `phone_number`, `job_title`, `organization`, "
    "`domain`, `country`, `source`, `capture_time`, `owner`, `responsible_department`, "
    "`attributes`, `conversion`";
constexpr const char* kDepartments[] = {"departments/sales", "departments/marketing",
                                        "departments/membership"};
constexpr char kActor[] = "persons/ana";

std::shared_ptr<Session> Open(const storage::DatabaseOptions& database) {
  auto session = Session::Open(database);
  if (!session.ok()) {
    std::fprintf(stderr, "direct SQL: %s\n", session.status().ToString().c_str());
    return nullptr;
  }
  return *std::move(session);
}

// Bytes of about the size that the service writes.
std::string EntryBytes(const std::string& id) {
  journal::v1::Entry entry;
  entry.set_entry_id(resource::IdToText(id));
  entry.set_subject(resource::MakeName("leads", id));
  entry.set_version(1);
  entry.set_type("created");
  entry.mutable_actor()->set_person(kActor);
  entry.mutable_actor()->set_department(kDepartments[0]);
  entry.mutable_actor()->set_workload("client/cli");
  lead::v1::Lead lead;
  lead.set_name(entry.subject());
  lead.set_source("web-form");
  entry.mutable_payload()->PackFrom(lead);
  return entry.SerializeAsString();
}

absl::Status InsertLead(Session& session, const std::string& id, int64_t now) {
  static const std::string* const sql = new std::string(
      absl::StrCat("INSERT INTO `leads` (", kLeadColumns,
                   ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const std::string none;
  COMITY_RETURN_IF_ERROR(session
                             .Execute(*sql, {id,
                                             int64_t{1},
                                             int64_t{1},
                                             now,
                                             now,
                                             Value(),
                                             Value(),
                                             std::string("Ada"),
                                             std::string("Lovelace"),
                                             std::string("ada@engines.example"),
                                             none,
                                             none,
                                             std::string("Analytical Engines Ltd"),
                                             none,
                                             none,
                                             std::string("web-form"),
                                             Value(),
                                             none,
                                             std::string(kDepartments[0]),
                                             std::string("{}"),
                                             none})
                             .status());
  std::vector<Value> rows;
  for (const char* department : kDepartments) {
    rows.insert(rows.end(), {std::string(department), id, none, std::string(kDepartments[0]),
                             std::string("web-form")});
  }
  return session
      .Execute(
          "INSERT INTO `lead_lists` (department, id, listed, `owner`, "
          "`responsible_department`, `source`) VALUES (?, ?, 1, ?, ?, ?), "
          "(?, ?, 1, ?, ?, ?), (?, ?, 1, ?, ?, ?)",
          rows)
      .status();
}

absl::Status InsertEntry(Session& session, const std::string& id, int64_t version) {
  const std::string entry = resource::NewId(absl::Now());
  COMITY_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO journal_entries (id, subject, version, body) VALUES (?, ?, ?, ?)",
                   {entry, resource::MakeName("leads", id), version, EntryBytes(id)})
          .status());
  return session.Execute("INSERT INTO journal_pending (id) VALUES (?)", {entry}).status();
}

absl::Status InsertReply(Session& session, const std::string& method) {
  return session
      .Execute(
          "INSERT INTO request_replies (actor, method, request_id, digest, reply, create_time) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          {std::string(kActor), method, resource::NewId(absl::Now()), std::string(32, 'd'),
           std::string(300, 'r'), absl::ToUnixMicros(absl::Now())})
      .status();
}

absl::Status CreateOne(Session& session) {
  const std::string id = resource::NewId(absl::Now());
  COMITY_RETURN_IF_ERROR(session.Begin());
  COMITY_RETURN_IF_ERROR(InsertLead(session, id, absl::ToUnixMicros(absl::Now())));
  COMITY_RETURN_IF_ERROR(InsertEntry(session, id, 1));
  COMITY_RETURN_IF_ERROR(InsertReply(session, "bench/CreateLead"));
  return session.Commit();
}

// Takes the lead's next version under its lock.
absl::StatusOr<int64_t> NextVersion(Session& session, const std::string& id) {
  static const std::string* const lock = new std::string(
      absl::StrCat("SELECT ", kLeadColumns, " FROM `leads` WHERE id = ? FOR UPDATE"));
  int64_t version = 0;
  {
    COMITY_ASSIGN_OR_RETURN(const auto rows, session.Query(*lock, {id}));
    if (!rows->Next()) return absl::NotFoundError("no lead");
    version = rows->Int(1);
  }
  COMITY_RETURN_IF_ERROR(session
                             .Execute("UPDATE `leads` SET version = ? WHERE id = ? AND version = ?",
                                      {version + 1, id, version})
                             .status());
  return version + 1;
}

absl::Status InsertAnswer(Session& session, const std::string& id, int64_t version) {
  const std::string department = kDepartments[0];
  COMITY_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO judgements (subject_id, version, id, body) VALUES (?, ?, ?, ?)",
                   {id, version, resource::NewId(absl::Now()), std::string(400, 'j')})
          .status());
  COMITY_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO standings (subject_id, question, department, answer, version) "
                   "VALUES (?, ?, ?, ?, ?) "
                   "ON DUPLICATE KEY UPDATE answer = VALUES(answer), version = VALUES(version)",
                   {id, std::string("questions/lead-quality"), department, std::string("qualified"),
                    version})
          .status());
  {
    COMITY_ASSIGN_OR_RETURN(
        const auto rows, session.Query("SELECT subject_id, question, department, answer, version "
                                       "FROM standings WHERE answer <> '' AND subject_id IN (?)",
                                       {id}));
    while (rows->Next()) rows->Bytes(3);
  }
  return session
      .Execute("UPDATE `lead_lists` SET listed = ? WHERE department = ? AND id = ?",
               {int64_t{1}, department, id})
      .status();
}

absl::Status JudgeOne(Session& session, const std::string& id) {
  COMITY_RETURN_IF_ERROR(session.Begin());
  COMITY_ASSIGN_OR_RETURN(const int64_t version, NextVersion(session, id));
  COMITY_RETURN_IF_ERROR(InsertAnswer(session, id, version));
  COMITY_RETURN_IF_ERROR(InsertEntry(session, id, version));
  COMITY_RETURN_IF_ERROR(InsertReply(session, "bench/Judge"));
  return session.Commit();
}

// Reads every column of every row; `types` has an `i` for each integer column, a `b` for others.
absl::Status Drain(absl::StatusOr<std::unique_ptr<storage::Rows>> rows, absl::string_view types) {
  COMITY_RETURN_IF_ERROR(rows.status());
  size_t read = 0;
  while ((*rows)->Next()) {
    for (size_t i = 0; i < types.size(); ++i) {
      const int column = static_cast<int>(i);
      read += types[i] == 'i' ? (*rows)->Int(column) != 0 : (*rows)->Bytes(column).size();
    }
  }
  return read == 0 ? absl::NotFoundError("no rows") : absl::OkStatus();
}

// The columns with the table's alias before each.
std::string Qualified(absl::string_view columns) {
  return absl::StrReplaceAll(absl::StrCat("t.", columns), {{", ", ", t."}});
}

// A page of leads, and the standing answers about them.
absl::Status ListOne(Session& session, const std::string& sql) {
  static const std::string* const standings = new std::string(absl::StrCat(
      "SELECT subject_id, question, department, answer, version FROM standings WHERE answer <> '' "
      "AND subject_id IN (?",
      absl::StrJoin(std::vector<std::string>(50, ""), ", ?"), ")"));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      session.Query(sql, {std::string(kDepartments[0]), std::string("web-form"), int64_t{51}}));
  std::vector<Value> ids;
  while (rows->Next()) {
    for (const int column : {1, 2, 3, 4, 16}) rows->Int(column);
    for (const int column : {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19})
      rows->Bytes(column);
    ids.emplace_back(rows->Bytes(0));
  }
  if (ids.empty()) return absl::NotFoundError("no rows");
  ids.resize(50, ids.back());
  COMITY_ASSIGN_OR_RETURN(const auto answers, session.Query(*standings, ids));
  while (answers->Next()) answers->Bytes(3);
  return absl::OkStatus();
}

}  // namespace

MakeCaller DirectCreateLead(const storage::DatabaseOptions& database) {
  return [database](int) -> Caller {
    return [session = Open(database)] {
      return session == nullptr ? absl::UnavailableError("no session") : CreateOne(*session);
    };
  };
}

MakeCaller DirectJudge(const storage::DatabaseOptions& database, const Data& data) {
  return [database, &data](int number) -> Caller {
    auto random = std::make_shared<std::mt19937_64>(number);
    return [session = Open(database), random, &data] {
      if (session == nullptr) return absl::UnavailableError("no session");
      const std::string& name = data.leads[(*random)() % data.leads.size()];
      absl::Status status = JudgeOne(*session, *resource::IdOf(name, "leads"));
      if (!status.ok()) session->Rollback().IgnoreError();
      return status;
    };
  };
}

MakeCaller DirectGetLead(const storage::DatabaseOptions& database, const Data& data) {
  return [database, &data](int number) -> Caller {
    auto random = std::make_shared<std::mt19937_64>(number);
    const std::string sql =
        absl::StrCat("SELECT ", Qualified(kLeadColumns),
                     ", s.question, s.department, s.answer FROM `leads` t LEFT JOIN standings s "
                     "ON s.subject_id = t.id AND s.answer <> '' WHERE t.id = ?");
    return [session = Open(database), random, &data, sql] {
      if (session == nullptr) return absl::UnavailableError("no session");
      const std::string& name = data.leads[(*random)() % data.leads.size()];
      return Drain(session->Query(sql, {*resource::IdOf(name, "leads")}),
                   "biiiibbbbbbbbbbbibbbbbb");
    };
  };
}

MakeCaller DirectListLeads(const storage::DatabaseOptions& database) {
  return [database](int) -> Caller {
    const std::string sql = absl::StrCat(
        "SELECT ", Qualified(kLeadColumns),
        " FROM `lead_lists` l FORCE INDEX (`by_source`) STRAIGHT_JOIN `leads` t ON t.id = l.id "
        "WHERE l.department = ? AND l.listed = 1 AND l.`source` = ? ORDER BY l.id LIMIT ?");
    return [session = Open(database), sql] {
      return session == nullptr ? absl::UnavailableError("no session") : ListOne(*session, sql);
    };
  };
}

}  // namespace comity::bench
