#include "services/runtime/fact/fact_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/journal/v1/journal.pb.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

using storage::Value;

// The id of the subject, and of the fact, in `{subject}/facts/{uuid}`.
struct FactIds {
  std::string subject;
  std::string fact;
};

absl::StatusOr<std::string> SubjectId(const std::string& subject) {
  return resource::IdOf(subject, resource::CollectionOf(subject));
}

absl::StatusOr<FactIds> IdsOf(const std::string& name) {
  const std::string subject = resource::SubjectOf(name);
  const std::string prefix = absl::StrCat(subject, "/facts/");
  if (name.compare(0, prefix.size(), prefix) != 0) {
    return InvalidField("INVALID_NAME", "name", "a fact's name is {subject}/facts/{uuid}");
  }
  FactIds ids;
  COMITY_ASSIGN_OR_RETURN(ids.subject, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(ids.fact, resource::IdFromText(name.substr(prefix.size())));
  return ids;
}

Value TextOrNull(const std::string& text) { return text.empty() ? Value() : Value(text); }

}  // namespace

absl::StatusOr<v1::Fact> FactOf(const storage::Rows& rows, int column) {
  v1::Fact fact;
  if (!fact.ParseFromString(rows.Bytes(column))) return Internal("a stored fact does not parse");
  if (!rows.IsNull(column + 1)) {
    fact.set_superseded_by(absl::StrCat(resource::SubjectOf(fact.name()), "/facts/",
                                        resource::IdToText(rows.Bytes(column + 1))));
  }
  return fact;
}

absl::Status InsertFact(storage::Transaction& tx, int64_t version, const v1::Fact& fact) {
  COMITY_ASSIGN_OR_RETURN(const FactIds ids, IdsOf(fact.name()));
  static const storage::MultiRow* const insert = new storage::MultiRow(
      "INSERT INTO facts (subject_id, version, id, kind, external_source, external_id, body) "
      "VALUES ",
      "(?, ?, ?, ?, ?, ?, ?)", "");
  absl::Status inserted =
      tx.Insert(*insert, ids.fact,
                {ids.subject, version, ids.fact, static_cast<int64_t>(fact.kind()),
                 TextOrNull(fact.external_id().source()), TextOrNull(fact.external_id().id()),
                 fact.SerializeAsString()});
  if (Reason(inserted) == "DUPLICATE_KEY" && ErrorValue(inserted, "key") == "external") {
    COMITY_ASSIGN_OR_RETURN(const std::optional<v1::Fact> holder,
                            FindByExternalId(tx, fact.external_id()));
    return AlreadyExists("EXTERNAL_ID_TAKEN", holder.has_value() ? holder->name() : "",
                         absl::StrCat("another fact from ", fact.external_id().source(),
                                      " has the id ", fact.external_id().id()));
  }
  return inserted;
}

absl::Status MarkSuperseded(storage::Transaction& tx, const std::string& name,
                            const std::string& superseded_by) {
  COMITY_ASSIGN_OR_RETURN(const FactIds ids, IdsOf(name));
  COMITY_ASSIGN_OR_RETURN(const FactIds by, IdsOf(superseded_by));
  return tx.ExecuteOne("UPDATE facts SET superseded_by = ? WHERE id = ? AND superseded_by IS NULL",
                       {by.fact, ids.fact});
}

absl::StatusOr<std::vector<StoredFact>> ListFacts(storage::Reader& reader,
                                                  const std::string& subject, int64_t after,
                                                  int limit) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query("SELECT version, body, superseded_by FROM facts "
                                    "WHERE subject_id = ? AND version > ? ORDER BY version LIMIT ?",
                                    {id, after, static_cast<int64_t>(limit)}));
  std::vector<StoredFact> facts;
  while (rows->Next()) {
    COMITY_ASSIGN_OR_RETURN(v1::Fact fact, FactOf(*rows, 1));
    facts.push_back({rows->Int(0), std::move(fact)});
  }
  return facts;
}

absl::StatusOr<std::vector<JournaledFact>> ListJournaled(storage::Reader& reader,
                                                         const std::string& subject,
                                                         const std::vector<v1::FactKind>& kinds,
                                                         int limit) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  std::vector<Value> params = {subject, id};
  for (const v1::FactKind kind : kinds) params.emplace_back(static_cast<int64_t>(kind));
  params.emplace_back(static_cast<int64_t>(limit));
  const std::vector<std::string> marks(kinds.size(), "?");
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT STRAIGHT_JOIN f.body, f.superseded_by, e.body, p.position "
                                "FROM facts f FORCE INDEX (standing) "
                                "JOIN journal_entries e FORCE INDEX (subject_version) "
                                "ON e.subject = ? AND e.version = f.version "
                                "LEFT JOIN journal_positions p ON p.id = e.id "
                                "WHERE f.subject_id = ? AND f.kind IN (",
                                absl::StrJoin(marks, ", "), ") ORDER BY f.version LIMIT ?"),
                   params));
  std::vector<JournaledFact> facts;
  while (rows->Next()) {
    JournaledFact& found = facts.emplace_back();
    COMITY_ASSIGN_OR_RETURN(found.fact, FactOf(*rows, 0));
    journal::v1::Entry entry;
    if (!entry.ParseFromString(rows->Bytes(2))) return Internal("a journal entry does not parse");
    found.charter_revision = entry.charter_revision();
    if (!rows->IsNull(3)) found.position = rows->Int(3);
  }
  return facts;
}

absl::StatusOr<std::vector<v1::Fact>> DecidingStanding(storage::Reader& reader,
                                                       const std::string& subject, int limit) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT body, superseded_by FROM facts FORCE INDEX (standing) "
                   "WHERE subject_id = ? AND kind >= ? AND kind < ? AND superseded_by IS NULL "
                   "ORDER BY version LIMIT ?",
                   {id, static_cast<int64_t>(v1::FACT_KIND_CREATED),
                    static_cast<int64_t>(v1::FACT_KIND_VOIDED), static_cast<int64_t>(limit)}));
  std::vector<v1::Fact> facts;
  while (rows->Next()) {
    COMITY_ASSIGN_OR_RETURN(v1::Fact fact, FactOf(*rows, 0));
    facts.push_back(std::move(fact));
  }
  return facts;
}

absl::StatusOr<std::optional<int64_t>> FirstOfKind(storage::Reader& reader,
                                                   const std::string& subject, v1::FactKind kind) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT MIN(version) FROM facts FORCE INDEX (standing) "
                                       "WHERE subject_id = ? AND kind = ?",
                                       {id, static_cast<int64_t>(kind)}));
  if (!rows->Next() || rows->IsNull(0)) return std::optional<int64_t>();
  return std::make_optional(rows->Int(0));
}

absl::StatusOr<std::optional<v1::Fact>> FindByExternalId(
    storage::Reader& reader, const comity::type::v1::ExternalId& external_id) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT body, superseded_by FROM facts "
                                       "WHERE external_id = ? AND external_source = ?",
                                       {external_id.id(), external_id.source()}));
  if (!rows->Next()) return std::optional<v1::Fact>();
  COMITY_ASSIGN_OR_RETURN(v1::Fact fact, FactOf(*rows, 0));
  return std::optional<v1::Fact>(std::move(fact));
}

absl::StatusOr<v1::Fact> GetFact(storage::Reader& reader, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const FactIds ids, IdsOf(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT body, superseded_by FROM facts WHERE id = ? AND subject_id = ?",
                   {ids.fact, ids.subject}));
  if (!rows->Next()) return NotFound(name);
  COMITY_ASSIGN_OR_RETURN(v1::Fact fact, FactOf(*rows, 0));
  // The ids alone would find it under another collection, whose rights were checked.
  if (fact.name() != name) return NotFound(name);
  return fact;
}

absl::StatusOr<std::vector<v1::FactKind>> StandingKinds(storage::Reader& reader,
                                                        const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT DISTINCT kind FROM facts FORCE INDEX (standing) "
                                       "WHERE subject_id = ? AND superseded_by IS NULL "
                                       "AND kind >= ? AND kind < ?",
                                       {id, static_cast<int64_t>(v1::FACT_KIND_CREATED),
                                        static_cast<int64_t>(v1::FACT_KIND_VOIDED)}));
  std::vector<v1::FactKind> kinds;
  while (rows->Next()) kinds.push_back(static_cast<v1::FactKind>(rows->Int(0)));
  return kinds;
}

}  // namespace comity::fact
