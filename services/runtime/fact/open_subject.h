// A subject while a transaction changes it: locked and read once, written once, however many facts
// and judgements come at a time.
#ifndef COMITY_RUNTIME_FACT_OPEN_SUBJECT_H_
#define COMITY_RUNTIME_FACT_OPEN_SUBJECT_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/judgement/settlement_store.h"

namespace comity::fact {

class OpenSubject {
 public:
  // Others who change it wait until the transaction ends. NOT_FOUND.
  static absl::StatusOr<OpenSubject> Lock(storage::Transaction& tx, Call& call,
                                          const SubjectFacts& kind, const std::string& name);
  // One that this transaction has inserted, at version 1: it has no facts and judgements yet.
  static OpenSubject Inserted(storage::Transaction& tx, Call& call, const SubjectFacts& kind,
                              const google::protobuf::Message& record);

  storage::Transaction& tx() const { return *tx_; }
  Call& call() const { return *call_; }
  const SubjectFacts& kind() const { return *kind_; }
  const std::string& name() const { return name_; }
  bool is_new() const { return is_new_; }
  // As Close() will write it, and to be changed before Advance.
  const google::protobuf::Message& record() const { return *record_; }
  google::protobuf::Message* Edit();

  // The facts that decide its state and stand, in order of version; at most 2,001 are read.
  absl::StatusOr<std::vector<v1::Fact>*> Deciding();
  // Every department's standing answers.
  absl::StatusOr<const std::vector<judgement::StandingRow>*> Standing();
  // After a judgement was recorded.
  void Stood(const judgement::v1::Judgement& judgement);
  // The owner it began with: what a voided change of owner falls back to.
  absl::StatusOr<std::string> FirstOwner();

  // Whether a fact with that external id may be recorded already: of a new subject nothing is but
  // what this transaction has told of it.
  bool MayHold(const type::v1::ExternalId& id);

  // The version that the next change makes.
  int64_t next_version() const { return state_.version + 1; }
  // Takes that version; `edited`: the record says something else than before.
  void Advance(bool edited);
  // What the change may have moved: the department's working list; or those of all departments,
  // where facts of `kind` decide an answer.
  void TouchList(const std::string& department);
  void TouchLists(const std::string& kind);

  // What is settled (settle_subject.cc). Before a change that may settle otherwise: journals
  // `settled` for each term of silence that has ended by now, so that the journal tells of it in
  // its order.
  absl::Status EndTerms();
  // After the change: settles the question anew, and notes in the change's entry what is settled
  // otherwise.
  absl::Status Settle(const type::v1::Question& question, journal::v1::Entry* entry);
  // All questions about it, with an entry `settled` of its own where something is: for another
  // revision of the charter or of the rules.
  absl::Status SettleAll();
  // Settlements as they were last journaled, this transaction's included.
  absl::StatusOr<const std::vector<type::v1::SettledAnswer>*> Settled();

  // Writes the record, where its version still holds (else rerun), the working lists and what is
  // settled.
  absl::Status Close();

 private:
  // What is awaited about a question, and whether something was before.
  struct AwaitedChange {
    bool had = false;
    std::vector<judgement::Awaited> now;
  };
  OpenSubject(storage::Transaction& tx, Call& call, const SubjectFacts& kind, std::string name)
      : tx_(&tx), call_(&call), kind_(&kind), name_(std::move(name)), record_(kind.make()) {}
  absl::Status CloseLists();
  // As of `now`; marks what is to be written.
  absl::Status SettleAt(const type::v1::Question& question, absl::Time now,
                        journal::v1::Entry* entry);
  absl::Status EndTerm(type::v1::SettledAnswer ended);
  void AppendSettled(journal::v1::Entry entry);
  absl::Status CloseSettled();

  storage::Transaction* tx_;
  Call* call_;
  const SubjectFacts* kind_;
  std::string name_;
  std::unique_ptr<google::protobuf::Message> record_;
  bool is_new_ = false;
  std::unique_ptr<google::protobuf::Message> stored_record_;  // null: as it is
  resource::RecordState stored_;
  resource::RecordState state_;
  std::optional<std::vector<v1::Fact>> deciding_;
  std::optional<std::vector<judgement::StandingRow>> standing_;
  std::optional<std::vector<type::v1::SettledAnswer>> settled_;  // one a question
  std::set<std::string> resettled_;                              // questions to be written
  std::map<std::string, AwaitedChange> awaited_;                 // by question, to be written
  std::optional<std::string> first_owner_;
  std::set<std::string> touched_;                       // departments
  std::set<std::pair<std::string, std::string>> told_;  // external ids of facts of a new subject
};

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_OPEN_SUBJECT_H_
