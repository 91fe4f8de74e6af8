#include "services/gateway/handover/handover_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway {
namespace {

using storage::Value;

absl::StatusOr<std::string> IdOf(const std::string& name) {
  return resource::IdOf(name, kHandovers);
}

Value DueValue(absl::Time next_look) {
  return next_look == absl::InfiniteFuture() ? Value() : Value(absl::ToUnixMicros(next_look));
}

// The subject, while nobody else may offer it.
Value OpenValue(const v1::Handover& handover) {
  const bool is_open = handover.state() == v1::HANDOVER_STATE_OFFERED ||
                       handover.state() == v1::HANDOVER_STATE_ACCEPTING;
  return is_open ? Value(handover.subject()) : Value();
}

Value DepartmentValue(std::string department) {
  return department.empty() ? Value() : Value(std::move(department));
}

void Append(storage::Transaction& tx, const v1::Handover& handover, int64_t version,
            const HandoverEvent& event) {
  journal::v1::Entry entry;
  entry.set_subject(handover.name());
  entry.set_version(version);
  entry.set_type(event.type);
  *entry.mutable_occur_time() = resource::FromTime(event.time);
  entry.mutable_payload()->PackFrom(handover);
  tx.Append(std::move(entry));
}

absl::StatusOr<StoredHandover> ReadRow(storage::Reader& reader, const std::string& name,
                                       absl::string_view how) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, version FROM handovers WHERE id = ?", how), {id}));
  if (!rows->Next()) return NotFound(name);
  StoredHandover stored;
  if (!stored.handover.ParseFromString(rows->Bytes(0))) {
    return Internal("a stored handover does not parse");
  }
  stored.version = rows->Int(1);
  return stored;
}

absl::Status AlreadyOpen(storage::Reader& reader, const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query("SELECT id FROM handovers WHERE open_subject = ?", {subject}));
  const std::string name = rows->Next() ? resource::MakeName(kHandovers, rows->Bytes(0)) : "";
  return AlreadyExists("HANDOVER_OPEN", name, absl::StrCat(subject, " is offered already: ", name));
}

}  // namespace

absl::Status InsertHandover(storage::Transaction& tx, const v1::Handover& handover,
                            absl::Time next_look) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(handover.name()));
  const absl::Status inserted =
      tx.Execute(
            "INSERT INTO handovers (id, version, state, agreement, subject, open_subject, "
            "from_department, to_department, awaits, escalated_to, due_time, body) "
            "VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {id, int64_t{handover.state()}, handover.agreement(), handover.subject(),
             OpenValue(handover), handover.from(), handover.to(), DepartmentValue(Awaits(handover)),
             DepartmentValue(EscalatedTo(handover)), DueValue(next_look),
             handover.SerializeAsString()})
          .status();
  if (Reason(inserted) == "DUPLICATE_KEY") return AlreadyOpen(tx, handover.subject());
  COMITY_RETURN_IF_ERROR(inserted);
  Append(tx, handover, 1, {"offered", resource::ToTime(handover.create_time())});
  return absl::OkStatus();
}

absl::Status SaveHandover(storage::Transaction& tx, const StoredHandover& stored,
                          const std::vector<HandoverEvent>& events, absl::Time next_look) {
  const v1::Handover& handover = stored.handover;
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(handover.name()));
  int64_t version = stored.version;
  COMITY_RETURN_IF_ERROR(
      tx.ExecuteOne("UPDATE handovers SET version = ?, state = ?, open_subject = ?, awaits = ?, "
                    "escalated_to = ?, due_time = ?, body = ? WHERE id = ? AND version = ?",
                    {version + static_cast<int64_t>(events.size()), int64_t{handover.state()},
                     OpenValue(handover), DepartmentValue(Awaits(handover)),
                     DepartmentValue(EscalatedTo(handover)), DueValue(next_look),
                     handover.SerializeAsString(), id, version}));
  for (const HandoverEvent& event : events) Append(tx, handover, ++version, event);
  return absl::OkStatus();
}

absl::StatusOr<StoredHandover> GetHandover(storage::Reader& reader, const std::string& name) {
  return ReadRow(reader, name, "");
}

absl::StatusOr<StoredHandover> LockHandover(storage::Transaction& tx, const std::string& name) {
  return ReadRow(tx, name, " FOR UPDATE");
}

absl::StatusOr<int> CountOffers(storage::Reader& reader, const std::string& subject,
                                const std::string& agreement) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT COUNT(*) FROM handovers WHERE subject = ? AND agreement = ?",
                   {subject, agreement}));
  return rows->Next() ? static_cast<int>(rows->Int(0)) : 0;
}

absl::StatusOr<OpenHandovers> FindOpenHandovers(storage::Reader& reader,
                                                const std::string& agreement, int most) {
  // The open ones are few, whatever was handed over in ten years.
  OpenHandovers open;
  const std::vector<Value> states = {int64_t{v1::HANDOVER_STATE_OFFERED},
                                     int64_t{v1::HANDOVER_STATE_ACCEPTING}, agreement};
  COMITY_ASSIGN_OR_RETURN(const auto count,
                          reader.Query("SELECT COUNT(*) FROM handovers FORCE INDEX (by_state) "
                                       "WHERE state IN (?, ?) AND agreement = ?",
                                       states));
  if (count->Next()) open.count = count->Int(0);
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query("SELECT id FROM handovers FORCE INDEX (by_state) "
                                    "WHERE state IN (?, ?) AND agreement = ? ORDER BY id LIMIT ?",
                                    {states[0], states[1], states[2], int64_t{most}}));
  while (rows->Next()) open.first.push_back(resource::MakeName(kHandovers, rows->Bytes(0)));
  return open;
}

absl::StatusOr<std::vector<std::string>> DueHandovers(storage::Reader& reader, absl::Time now,
                                                      int limit) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT id FROM handovers FORCE INDEX (by_due_time) "
                                       "WHERE due_time <= ? ORDER BY due_time LIMIT ?",
                                       {absl::ToUnixMicros(now), int64_t{limit}}));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName(kHandovers, rows->Bytes(0)));
  return names;
}

absl::StatusOr<std::vector<v1::Handover>> ListHandovers(storage::Reader& reader,
                                                        const HandoverQuery& query) {
  // Each filter has its index with the id, and the state one with each side; the rest is compared
  // on the rows that it gives.
  storage::Where where;
  std::string index = "PRIMARY";
  const bool by_state = query.state != 0;
  if (by_state) where.And("state = ?", int64_t{query.state}), index = "by_state";
  if (!query.from.empty()) {
    where.And("from_department = ?", query.from), index = by_state ? "by_from_state" : "by_from";
  }
  if (!query.to.empty()) {
    where.And("to_department = ?", query.to), index = by_state ? "by_to_state" : "by_to";
  }
  if (!query.subject.empty()) where.And("subject = ?", query.subject), index = "by_subject";
  if (!query.awaits.empty()) where.And("awaits = ?", query.awaits), index = "by_awaits";
  if (!query.escalated_to.empty()) {
    where.And("escalated_to = ?", query.escalated_to), index = "by_escalated_to";
  }
  if (!query.before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, IdOf(query.before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{query.limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query(absl::StrCat("SELECT body FROM handovers FORCE INDEX (`", index,
                                                 "`)", where.sql(), " ORDER BY id DESC LIMIT ?"),
                                    where.params()));
  std::vector<v1::Handover> handovers;
  while (rows->Next()) {
    if (!handovers.emplace_back().ParseFromString(rows->Bytes(0))) {
      return Internal("a stored handover does not parse");
    }
  }
  return handovers;
}

}  // namespace comity::gateway
