// What each entry is known to follow.
#include <map>
#include <utility>

#include "comity/account/v1/account.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/support/v1/case.pb.h"
#include "comity/type/v1/policy.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/timeline/dispute_causes.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using journal::v1::Entry;

using Place = std::pair<std::string, int64_t>;  // subject and version, or service and position

constexpr char kDisputeEnded[] = "DISPUTE_ENDED";  // why a statement is negated

bool IsDatedBack(const Entry& entry) {
  return resource::ToTime(entry.occur_time()) < resource::ToTime(entry.record_time());
}

class Causes {
 public:
  explicit Causes(const std::vector<Told>& told) : told_(told), disputes_(told) {
    for (size_t i = 0; i < told.size(); ++i) Note(i);
  }

  std::vector<size_t> Of(size_t i) const {
    std::vector<size_t> causes;
    const Entry& entry = told_[i].entry();
    AddEarlier(entry, &causes);
    if (!IsDatedBack(entry)) {
      const auto record = RecordOf(entry);
      if (record != nullptr) AddNamed(entry.subject(), *record, &causes);
    }
    AddOfPayload(entry, &causes);
    disputes_.AddTo(i, &causes);
    return causes;
  }

 private:
  // What others may name.
  void Note(size_t i) {
    const Entry& entry = told_[i].entry();
    by_version_[{entry.subject(), entry.version()}] = i;
    if (told_[i].positioned.position() >= 0) {
      by_position_[{told_[i].service, told_[i].positioned.position()}] = i;
    }
    fact::v1::Fact fact;
    judgement::v1::Judgement judgement;
    v1::Handover handover;
    if (entry.payload().UnpackTo(&fact)) {
      by_name_[fact.name()] = i;
      for (const std::string& earlier : {fact.corrects(), fact.voids()}) {
        if (!earlier.empty()) superseded_[earlier] = i;
      }
      if (fact.kind() == fact::v1::FACT_KIND_SIGNED) {
        signed_[{entry.subject(), resource::ToMicros(fact.occur_time())}] = i;
      }
    } else if (entry.payload().UnpackTo(&judgement)) {
      by_name_[judgement.name()] = i;
    } else if (entry.payload().UnpackTo(&handover)) {
      if (entry.type() == "accepted") {
        passed_[{handover.subject(), handover.subject_version()}] = i;
      }
    } else if (entry.type() == "reversed") {
      reversed_[entry.subject()] = i;
    } else if (entry.type() == "conversion-begun") {
      begun_[entry.subject()] = i;
    }
  }

  template <typename Key>
  static void Add(const std::map<Key, size_t>& known, const Key& key, std::vector<size_t>* causes) {
    const auto found = known.find(key);
    if (found != known.end()) causes->push_back(found->second);
  }

  // The version before it, of those that are told.
  void AddEarlier(const Entry& entry, std::vector<size_t>* causes) const {
    auto at = by_version_.find({entry.subject(), entry.version()});
    if (at == by_version_.begin() || at == by_version_.end()) return;
    --at;
    if (at->first.first == entry.subject()) causes->push_back(at->second);
  }

  // The making of the records that it names.
  void AddNamed(const std::string& subject, const Message& record,
                std::vector<size_t>* causes) const {
    for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* const field = record.GetDescriptor()->field(i);
      if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING ||
          !field->options().HasExtension(type::v1::field) ||
          field->options().GetExtension(type::v1::field).refers_to().empty()) {
        continue;
      }
      const std::string named = record.GetReflection()->GetString(record, field);
      if (named != subject) Add(by_version_, Place{named, 1}, causes);
    }
  }

  void AddOfPayload(const Entry& entry, std::vector<size_t>* causes) const {
    judgement::v1::Judgement judgement;
    v1::Handover handover;
    v1::CreditStatement statement;
    workflow::v1::ResponsibilityChange change;
    lead::v1::Lead lead;
    support::v1::Case opened;
    if (entry.payload().UnpackTo(&judgement)) {
      for (const std::string& evidence : judgement.evidence()) Add(by_name_, evidence, causes);
    } else if (entry.payload().UnpackTo(&change)) {
      AddPassing(entry, change, causes);
    } else if (entry.payload().UnpackTo(&handover)) {
      AddHandover(entry, handover, causes);
    } else if (entry.payload().UnpackTo(&statement)) {
      AddStatement(entry, statement, causes);
    } else if (entry.payload().UnpackTo(&lead)) {
      AddConversion(lead, causes);
    } else if (entry.payload().UnpackTo(&opened) && entry.version() == 1) {
      Add(signed_,
          Place{opened.onboarding().opportunity(),
                resource::ToMicros(opened.onboarding().sign_time())},
          causes);
    }
    AddBegun(entry, causes);
  }

  // A record passes on after the offer, and after the claim of whoever accepted.
  void AddPassing(const Entry& entry, const workflow::v1::ResponsibilityChange& change,
                  std::vector<size_t>* causes) const {
    Add(by_version_, Place{change.handover(), 1}, causes);
    const auto accepted = passed_.find({entry.subject(), entry.version()});
    if (accepted != passed_.end()) AddEarlier(told_[accepted->second].entry(), causes);
  }

  // It is offered once the record is there, and accepted once that has passed on.
  void AddHandover(const Entry& entry, const v1::Handover& handover,
                   std::vector<size_t>* causes) const {
    Add(by_version_, Place{handover.subject(), 1}, causes);
    if (entry.type() == "accepted") {
      Add(by_version_, Place{handover.subject(), handover.subject_version()}, causes);
    }
  }

  // Drawn from a signature; a reversal from what took the signature back, or from a dispute.
  void AddStatement(const Entry& entry, const v1::CreditStatement& statement,
                    std::vector<size_t>* causes) const {
    if (entry.type() != "drawn") return;
    Add(by_name_, statement.signature(), causes);
    if (statement.reverses().empty()) {
      Add(by_position_, Place{"lead", statement.source_position()}, causes);
    } else {
      const bool is_of_dispute = statement.reason() == kDisputeEnded;
      if (!is_of_dispute) Add(superseded_, statement.signature(), causes);
      Add(reversed_, statement.reverses(), causes);
    }
  }

  // A lead is converted once what it became is there.
  void AddConversion(const lead::v1::Lead& lead, std::vector<size_t>* causes) const {
    const lead::v1::Conversion& conversion = lead.conversion();
    for (const std::string& made :
         {conversion.account(), conversion.contact(), conversion.opportunity()}) {
      Add(by_version_, Place{made, 1}, causes);
    }
  }

  // What a conversion makes comes after its beginning.
  void AddBegun(const Entry& entry, std::vector<size_t>* causes) const {
    if (entry.version() != 1 || entry.actor().workload() != "service/gateway") return;
    const auto record = RecordOf(entry);
    if (record != nullptr) Add(begun_, TextOf(*record, "lead"), causes);
  }

  const std::vector<Told>& told_;
  const DisputeCauses disputes_;
  std::map<Place, size_t> by_version_;
  std::map<Place, size_t> by_position_;
  std::map<Place, size_t> signed_;            // opportunity and time of signature
  std::map<Place, size_t> passed_;            // subject and version → the handover's `accepted`
  std::map<std::string, size_t> by_name_;     // facts and judgements
  std::map<std::string, size_t> superseded_;  // fact → what corrects or voids it
  std::map<std::string, size_t> reversed_;    // statement → its `reversed`
  std::map<std::string, size_t> begun_;       // lead → the last beginning of its conversion
};

}  // namespace

std::vector<Moment> MomentsOf(const std::vector<Told>& told) {
  const Causes causes(told);
  std::vector<Moment> moments;
  for (size_t i = 0; i < told.size(); ++i) {
    const Entry& entry = told[i].entry();
    moments.push_back({entry.subject(), entry.version(), resource::ToTime(entry.occur_time()),
                       resource::ToTime(entry.record_time()), causes.Of(i)});
  }
  return moments;
}

}  // namespace comity::gateway::timeline
