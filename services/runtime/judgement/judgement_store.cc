#include "services/runtime/judgement/judgement_store.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

using storage::Value;

// Statements are cached by their text: lists of ids come in few lengths, filled up with the last
// id.
constexpr int kIdCounts[] = {1, 10, 50, 100, 200, 500};

absl::StatusOr<std::string> SubjectId(const std::string& subject) {
  return resource::IdOf(subject, resource::CollectionOf(subject));
}

std::string Marks(int count) {
  std::string marks = "?";
  for (int i = 1; i < count; ++i) marks += ", ?";
  return marks;
}

// The parameters for an IN list of a standard length.
std::vector<Value> Padded(const std::vector<std::string>& ids) {
  std::vector<Value> values(ids.begin(), ids.end());
  for (const int count : kIdCounts) {
    if (values.size() <= static_cast<size_t>(count)) {
      values.resize(count, Value(ids.back()));
      break;
    }
  }
  return values;
}

std::vector<StandingRow> StandingRows(storage::Rows& rows) {
  std::vector<StandingRow> result;
  while (rows.Next()) {
    result.push_back({rows.Bytes(0), rows.Bytes(1), rows.Bytes(2), rows.Bytes(3), rows.Int(4),
                      absl::FromUnixMicros(rows.Int(5))});
  }
  return result;
}

absl::StatusOr<std::vector<v1::Judgement>> Judgements(storage::Rows& rows) {
  std::vector<v1::Judgement> result;
  while (rows.Next()) {
    if (!result.emplace_back().ParseFromString(rows.Bytes(0))) {
      return Internal("a stored judgement does not parse");
    }
  }
  return result;
}

}  // namespace

std::vector<charter::StandingAnswer> AnswersTo(const std::string& question,
                                               const std::vector<StandingRow>& rows) {
  std::vector<charter::StandingAnswer> answers;
  for (const StandingRow& row : rows) {
    if (row.question != question) continue;
    answers.push_back({row.department, row.answer, row.said, row.version});
  }
  return answers;
}

absl::Status InsertJudgement(storage::Transaction& tx, const v1::Judgement& judgement) {
  COMITY_ASSIGN_OR_RETURN(const std::string subject, SubjectId(judgement.subject()));
  COMITY_ASSIGN_OR_RETURN(const std::string id,
                          resource::IdFromText(judgement.name().substr(
                              judgement.subject().size() + std::string("/judgements/").size())));
  static const storage::MultiRow* const insert = new storage::MultiRow(
      "INSERT INTO judgements (subject_id, version, id, body) VALUES ", "(?, ?, ?, ?)", "");
  return tx.Insert(*insert, id,
                   {subject, judgement.subject_version(), id, judgement.SerializeAsString()});
}

absl::Status PutStanding(storage::Transaction& tx, const v1::Judgement& judgement) {
  COMITY_ASSIGN_OR_RETURN(const std::string subject, SubjectId(judgement.subject()));
  // said_time first: it goes by the answer that stood before.
  static const storage::MultiRow* const put = new storage::MultiRow(
      "INSERT INTO standings (subject_id, question, department, answer, version, said_time) "
      "VALUES ",
      "(?, ?, ?, ?, ?, ?)",
      " ON DUPLICATE KEY UPDATE said_time = IF(answer = '' OR VALUES(answer) = '', "
      "VALUES(said_time), said_time), answer = VALUES(answer), version = VALUES(version)");
  return tx.Insert(*put, judgement.name(),
                   {subject, judgement.question(), judgement.department(), judgement.answer(),
                    judgement.subject_version(), resource::ToMicros(judgement.record_time())});
}

absl::StatusOr<std::vector<StandingRow>> ReadStanding(storage::Reader& reader,
                                                      const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  return ReadStandings(reader, {id});
}

absl::StatusOr<std::vector<StandingRow>> ReadStandings(
    storage::Reader& reader, const std::vector<std::string>& subject_ids) {
  if (subject_ids.empty()) return std::vector<StandingRow>();
  const std::vector<Value> ids = Padded(subject_ids);
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT subject_id, question, department, answer, version, "
                                "said_time FROM standings WHERE subject_id IN (",
                                Marks(static_cast<int>(ids.size())), ")"),
                   ids));
  return StandingRows(*rows);
}

absl::StatusOr<std::vector<std::pair<std::string, int>>> ReadStandingKinds(
    storage::Reader& reader, const std::vector<std::string>& subject_ids) {
  std::vector<std::pair<std::string, int>> kinds;
  if (subject_ids.empty()) return kinds;
  const std::vector<Value> ids = Padded(subject_ids);
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(
          absl::StrCat("SELECT DISTINCT subject_id, kind FROM facts FORCE INDEX (standing) "
                       "WHERE superseded_by IS NULL AND subject_id IN (",
                       Marks(static_cast<int>(ids.size())), ")"),
          ids));
  while (rows->Next()) kinds.emplace_back(rows->Bytes(0), static_cast<int>(rows->Int(1)));
  return kinds;
}

absl::StatusOr<std::vector<v1::Judgement>> ReadStandingJudgements(storage::Reader& reader,
                                                                  const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query("SELECT j.body FROM standings s STRAIGHT_JOIN judgements j "
                                    "ON j.subject_id = s.subject_id AND j.version = s.version "
                                    "WHERE s.subject_id = ? AND s.answer <> '' ORDER BY j.version",
                                    {id}));
  return Judgements(*rows);
}

absl::StatusOr<std::vector<v1::Judgement>> ListJudgements(storage::Reader& reader,
                                                          const std::string& subject, int64_t after,
                                                          int limit) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT body FROM judgements WHERE subject_id = ? "
                                       "AND version > ? ORDER BY version LIMIT ?",
                                       {id, after, static_cast<int64_t>(limit)}));
  return Judgements(*rows);
}

absl::StatusOr<v1::Judgement> GetJudgement(storage::Reader& reader, const std::string& name) {
  const std::string subject = resource::SubjectOf(name);
  const std::string prefix = absl::StrCat(subject, "/judgements/");
  if (name.compare(0, prefix.size(), prefix) != 0) {
    return InvalidField("INVALID_NAME", "name",
                        "a judgement's name is {subject}/judgements/{uuid}");
  }
  COMITY_ASSIGN_OR_RETURN(const std::string subject_id, SubjectId(subject));
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdFromText(name.substr(prefix.size())));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, reader.Query("SELECT body FROM judgements WHERE id = ? AND subject_id = ?",
                                    {id, subject_id}));
  COMITY_ASSIGN_OR_RETURN(const auto found, Judgements(*rows));
  if (found.empty()) return NotFound(name);
  return found.front();
}

}  // namespace comity::judgement
