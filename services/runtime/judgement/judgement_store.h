// The SQL of judgements and standings. Tables by runtime/migrations/0005_create_judgements.sql.
#ifndef COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_STORE_H_
#define COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/runtime/charter/settlement.h"
#include "services/runtime/storage/transact.h"

namespace comity::judgement {

// A department's latest answer to a question about a subject; an empty one is withdrawn.
struct StandingRow {
  std::string subject_id;  // 16 bytes
  std::string question;
  std::string department;
  std::string answer;
  int64_t version = 0;                     // of the subject, made by that judgement
  absl::Time said = absl::InfinitePast();  // see charter::StandingAnswer
};

// Those about the question, for the rules.
std::vector<charter::StandingAnswer> AnswersTo(const std::string& question,
                                               const std::vector<StandingRow>& rows);

// Inserts the judgement, and makes it the standing one of its department and question.
absl::Status InsertJudgement(storage::Transaction& tx, const v1::Judgement& judgement);
// Makes `version` the standing answer; an empty one withdraws.
absl::Status PutStanding(storage::Transaction& tx, const v1::Judgement& judgement);

// The latest answers of one subject.
absl::StatusOr<std::vector<StandingRow>> ReadStanding(storage::Reader& reader,
                                                      const std::string& subject);
// The same for up to 500 subjects, by their 16-byte ids.
absl::StatusOr<std::vector<StandingRow>> ReadStandings(storage::Reader& reader,
                                                       const std::vector<std::string>& subject_ids);
// Which of the subjects have a standing fact of one of `kinds`; pairs (subject id, kind).
absl::StatusOr<std::vector<std::pair<std::string, int>>> ReadStandingKinds(
    storage::Reader& reader, const std::vector<std::string>& subject_ids);
// The judgements behind the standing of a subject.
absl::StatusOr<std::vector<v1::Judgement>> ReadStandingJudgements(storage::Reader& reader,
                                                                  const std::string& subject);
// Judgements of a subject with a version > `after`, in order of version.
absl::StatusOr<std::vector<v1::Judgement>> ListJudgements(storage::Reader& reader,
                                                          const std::string& subject, int64_t after,
                                                          int limit);
// NOT_FOUND without one.
absl::StatusOr<v1::Judgement> GetJudgement(storage::Reader& reader, const std::string& name);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_STORE_H_
