#include "services/runtime/judgement/along.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_access.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/judgement/judgement_component.h"
#include "services/runtime/judgement/judgement_rules.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

using fact::OpenSubject;
using google::protobuf::Message;

// What a request brings along.
struct Along {
  std::vector<const fact::v1::Fact*> facts;
  std::vector<const v1::Judgement*> judgements;
  bool empty() const { return facts.empty() && judgements.empty(); }
};

template <typename T>
std::vector<const T*> ListOf(const Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  const auto* reflection = request.GetReflection();
  std::vector<const T*> list;
  for (int i = 0; i < reflection->FieldSize(request, field); ++i) {
    list.push_back(static_cast<const T*>(&reflection->GetRepeatedMessage(request, field, i)));
  }
  return list;
}

Along AlongOf(const Message& request) {
  return {ListOf<fact::v1::Fact>(request, "facts"), ListOf<v1::Judgement>(request, "judgements")};
}

absl::Status RecordFact(OpenSubject& subject, const fact::v1::Fact& fact) {
  COMITY_RETURN_IF_ERROR(fact::CheckNewFact(subject.call(), subject.kind(), fact));
  COMITY_RETURN_IF_ERROR(resource::CheckReference(subject.tx(), "fact.campaign", fact.campaign()));
  return fact::Record(subject, fact).status();
}

absl::Status Judge(OpenSubject& subject, v1::Judgement judgement) {
  if (!judgement.subject().empty() && judgement.subject() != subject.name()) {
    return InvalidField("OTHER_SUBJECT", "judgement.subject",
                        "what comes along with a record is about that record");
  }
  judgement.set_subject(subject.name());
  const Call& call = subject.call();
  COMITY_RETURN_IF_ERROR(
      CheckJudgement(call.charter(), judgement, call.principal.department, call.now));
  return RecordJudgement(subject, std::move(judgement)).status();
}

absl::Status RecordAll(OpenSubject& subject, const Along& along) {
  for (size_t i = 0; i < along.facts.size(); ++i) {
    COMITY_RETURN_IF_ERROR(
        WithItem(RecordFact(subject, *along.facts[i]), absl::StrCat("facts[", i, "]")));
  }
  for (size_t i = 0; i < along.judgements.size(); ++i) {
    COMITY_RETURN_IF_ERROR(
        WithItem(Judge(subject, *along.judgements[i]), absl::StrCat("judgements[", i, "]")));
  }
  return absl::OkStatus();
}

absl::Status CloseInto(OpenSubject& subject, Message* record) {
  COMITY_RETURN_IF_ERROR(subject.Close());
  record->CopyFrom(subject.record());
  return absl::OkStatus();
}

std::string NameOf(const Message& record) { return resource::TextField(record, "name"); }

}  // namespace

resource::AfterInsert RecordAlong(Call& call, const fact::SubjectFacts& kind, Beginning beginning) {
  return [&call, &kind, beginning](storage::Transaction& tx, const Message& request,
                                   Message* record) -> absl::Status {
    const Along along = AlongOf(request);
    if (along.empty() && beginning == nullptr) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(OpenSubject subject,
                            OpenSubject::Inserted(tx, call, kind, NameOf(*record)));
    if (beginning != nullptr) {
      const fact::v1::Fact begun = beginning(subject.record());
      COMITY_RETURN_IF_ERROR(fact::CheckFact(kind.kinds, begun, call.now));
      COMITY_RETURN_IF_ERROR(fact::Record(subject, begun).status());
    }
    COMITY_RETURN_IF_ERROR(RecordAll(subject, along));
    return CloseInto(subject, record);
  };
}

resource::AfterUpdate RecordAlongUpdate(Call& call, const fact::SubjectFacts& kind) {
  return [&call, &kind](storage::Transaction& tx, const Message& request,
                        Message* record) -> absl::Status {
    const Along along = AlongOf(request);
    if (along.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(OpenSubject subject,
                            OpenSubject::Lock(tx, call, kind, NameOf(*record)));
    COMITY_RETURN_IF_ERROR(RecordAll(subject, along));
    return CloseInto(subject, record);
  };
}

}  // namespace comity::judgement
