#include "services/gateway/dispute/dispute_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway {
namespace {

using storage::Value;

absl::StatusOr<std::string> DisputeId(const std::string& name) {
  return resource::IdOf(name, kDisputes);
}

Value DueOf(const v1::Dispute& dispute) {
  const absl::Time next = NextLook(dispute);
  return next == absl::InfiniteFuture() ? Value() : Value(absl::ToUnixMicros(next));
}

std::string OpenKey(const v1::Dispute& dispute) {
  return absl::StrCat(dispute.about(), " ",
                      dispute.kind() == v1::DISPUTE_KIND_SETTLEMENT ? dispute.question() : "", " ",
                      dispute.department());
}

// What it is about, while its department may not object to it again.
Value OpenKeyOf(const v1::Dispute& dispute) {
  return IsOpen(dispute) ? Value(OpenKey(dispute)) : Value();
}

// `,departments/it,departments/sales,`; empty: nobody.
std::string AwaitsText(const v1::Dispute& dispute) {
  const std::vector<std::string> awaited = Awaits(dispute);
  return awaited.empty() ? "" : absl::StrCat(",", absl::StrJoin(awaited, ","), ",");
}

Value PrecedentValue(const v1::Dispute& dispute) {
  return HasEffect(dispute) ? Value(PrecedentKey(dispute)) : Value();
}

void Append(storage::Transaction& tx, const v1::Dispute& dispute, int64_t version,
            const DisputeEvent& event) {
  journal::v1::Entry entry;
  entry.set_subject(dispute.name());
  entry.set_version(version);
  entry.set_type(event.type);
  *entry.mutable_occur_time() = resource::FromTime(event.time);
  entry.mutable_payload()->PackFrom(ForJournal(dispute));
  tx.Append(std::move(entry));
}

absl::StatusOr<StoredDispute> ReadDispute(storage::Reader& reader, const std::string& name,
                                          absl::string_view how) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DisputeId(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, version FROM disputes WHERE id = ?", how), {id}));
  if (!rows->Next()) return NotFound(name);
  StoredDispute stored;
  if (!stored.dispute.ParseFromString(rows->Bytes(0))) {
    return Internal("a stored dispute does not parse");
  }
  stored.version = rows->Int(1);
  return stored;
}

absl::Status IsOpenAlready(storage::Reader& reader, const v1::Dispute& dispute) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT id FROM disputes WHERE open_key = ?", {OpenKey(dispute)}));
  const std::string name = rows->Next() ? resource::MakeName(kDisputes, rows->Bytes(0)) : "";
  return AlreadyExists("DISPUTE_OPEN", name,
                       absl::StrCat(dispute.department(), " disputes it already: ", name));
}

std::vector<std::string> NamesOf(storage::Rows& rows) {
  std::vector<std::string> names;
  while (rows.Next()) names.push_back(resource::MakeName(kDisputes, rows.Bytes(0)));
  return names;
}

absl::StatusOr<std::vector<v1::Dispute>> DisputesOf(storage::Rows& rows) {
  std::vector<v1::Dispute> disputes;
  while (rows.Next()) {
    if (!disputes.emplace_back().ParseFromString(rows.Bytes(0))) {
      return Internal("a stored dispute does not parse");
    }
  }
  return disputes;
}

// Each filter has its index with the id; the others are compared on the rows that it gives.
std::string Filter(const DisputeQuery& query, storage::Where* where) {
  std::string index = "PRIMARY";
  if (query.kind != 0) where->And("kind = ?", int64_t{query.kind}), index = "by_kind";
  if (query.is_open.has_value()) {
    where->And("is_open = ?", int64_t{*query.is_open ? 1 : 0}), index = "by_open";
  }
  if (query.state != 0) where->And("state = ?", int64_t{query.state}), index = "by_state";
  if (!query.department.empty()) {
    where->And("department = ?", query.department), index = "by_department";
  }
  if (!query.question.empty()) where->And("question = ?", query.question), index = "by_question";
  if (!query.awaits.empty()) {  // what waits is little, whatever was disputed in ten years
    where->And("waits = ?", int64_t{1}), index = "by_waits";
    where->And("LOCATE(?, awaits) > 0", absl::StrCat(",", query.awaits, ","));
  }
  if (!query.subject.empty()) where->And("subject = ?", query.subject), index = "by_subject";
  return index;
}

}  // namespace

absl::Status InsertDispute(storage::Transaction& tx, const v1::Dispute& dispute) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DisputeId(dispute.name()));
  const std::string awaits = AwaitsText(dispute);
  const absl::Status inserted =
      tx.Execute(
            "INSERT INTO disputes (id, version, state, is_open, kind, department, about, subject, "
            "question, open_key, waits, awaits, precedent, due_time, body) "
            "VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {id, int64_t{dispute.state()}, int64_t{IsOpen(dispute) ? 1 : 0},
             int64_t{dispute.kind()}, dispute.department(), dispute.about(), dispute.subject(),
             dispute.question(), OpenKeyOf(dispute), int64_t{awaits.empty() ? 0 : 1}, awaits,
             PrecedentValue(dispute), DueOf(dispute), dispute.SerializeAsString()})
          .status();
  if (Reason(inserted) == "DUPLICATE_KEY") return IsOpenAlready(tx, dispute);
  COMITY_RETURN_IF_ERROR(inserted);
  Append(tx, dispute, 1, {"opened", resource::ToTime(dispute.create_time())});
  return absl::OkStatus();
}

absl::Status SaveDispute(storage::Transaction& tx, const StoredDispute& stored,
                         const DisputeEvents& events) {
  const v1::Dispute& dispute = stored.dispute;
  COMITY_ASSIGN_OR_RETURN(const std::string id, DisputeId(dispute.name()));
  const std::string awaits = AwaitsText(dispute);
  int64_t version = stored.version;
  COMITY_RETURN_IF_ERROR(tx.ExecuteOne(
      "UPDATE disputes SET version = ?, state = ?, is_open = ?, open_key = ?, waits = ?, "
      "awaits = ?, precedent = ?, due_time = ?, body = ? WHERE id = ? AND version = ?",
      {version + static_cast<int64_t>(events.size()), int64_t{dispute.state()},
       int64_t{IsOpen(dispute) ? 1 : 0}, OpenKeyOf(dispute), int64_t{awaits.empty() ? 0 : 1},
       awaits, PrecedentValue(dispute), DueOf(dispute), dispute.SerializeAsString(), id, version}));
  for (const DisputeEvent& event : events) Append(tx, dispute, ++version, event);
  return absl::OkStatus();
}

absl::StatusOr<StoredDispute> GetDispute(storage::Reader& reader, const std::string& name) {
  return ReadDispute(reader, name, "");
}

absl::StatusOr<StoredDispute> LockDispute(storage::Transaction& tx, const std::string& name) {
  return ReadDispute(tx, name, " FOR UPDATE");
}

absl::StatusOr<std::vector<std::string>> OpenDisputesAbout(storage::Reader& reader,
                                                           const std::string& about) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT id FROM disputes WHERE about = ? AND is_open = 1 ORDER BY id", {about}));
  return NamesOf(*rows);
}

absl::StatusOr<std::vector<std::string>> DueDisputes(storage::Reader& reader, absl::Time now,
                                                     int limit) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT id FROM disputes FORCE INDEX (by_due_time) "
                                       "WHERE due_time <= ? ORDER BY due_time LIMIT ?",
                                       {absl::ToUnixMicros(now), int64_t{limit}}));
  return NamesOf(*rows);
}

absl::StatusOr<std::vector<v1::DisputePrecedent>> FindPrecedents(storage::Reader& reader,
                                                                 const v1::Dispute& dispute,
                                                                 int most) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DisputeId(dispute.name()));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT body FROM disputes FORCE INDEX (by_precedent) "
                                       "WHERE precedent = ? AND id < ? ORDER BY id DESC LIMIT ?",
                                       {PrecedentKey(dispute), id, int64_t{most}}));
  COMITY_ASSIGN_OR_RETURN(const auto earlier, DisputesOf(*rows));
  std::vector<v1::DisputePrecedent> precedents;
  for (const v1::Dispute& each : earlier) precedents.push_back(PrecedentOf(each));
  return precedents;
}

absl::StatusOr<std::vector<v1::Dispute>> ListDisputes(storage::Reader& reader,
                                                      const DisputeQuery& query) {
  storage::Where where;
  const std::string index = Filter(query, &where);
  if (!query.before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, DisputeId(query.before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{query.limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query(absl::StrCat("SELECT body FROM disputes FORCE INDEX (`", index,
                                                 "`)", where.sql(), " ORDER BY id DESC LIMIT ?"),
                                    where.params()));
  return DisputesOf(*rows);
}

}  // namespace comity::gateway
