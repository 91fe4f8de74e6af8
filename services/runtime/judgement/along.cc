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

constexpr size_t kMostBytes = 600 << 10;  // beside the record, its first entry and the reply

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

std::string NameOf(const Message& record) { return resource::TextField(record, "name"); }

// Whether the department may say so, whatever the record holds.
absl::Status CheckJudgementOf(const Call& call, const fact::SubjectFacts& kind,
                              const std::string& record, v1::Judgement judgement) {
  if (!judgement.subject().empty() && judgement.subject() != record) {
    return InvalidField("OTHER_SUBJECT", "judgement.subject",
                        "what comes along with a record is about that record");
  }
  judgement.set_subject(absl::StrCat(kind.resource->collection, "/-"));
  return CheckJudgement(call.charter(), judgement, call.principal.department, call.now);
}

resource::Further::Check CheckAlong(const Call& call, const fact::SubjectFacts& kind) {
  return [&call, &kind](const Message& request) -> absl::Status {
    const Along along = AlongOf(request);
    if (!along.empty() && call.principal.on_behalf) {
      return PermissionDenied("ON_BEHALF_NOT_ALLOWED",
                              "nobody judges or records facts on behalf of a person");
    }
    const Message* given = resource::MessageField(request, kind.resource->singular);
    const std::string record = given == nullptr ? "" : NameOf(*given);
    for (size_t i = 0; i < along.facts.size(); ++i) {
      COMITY_RETURN_IF_ERROR(WithItem(fact::CheckNewFact(call, kind, *along.facts[i]),
                                      absl::StrCat("facts[", i, "]")));
    }
    for (size_t i = 0; i < along.judgements.size(); ++i) {
      COMITY_RETURN_IF_ERROR(WithItem(CheckJudgementOf(call, kind, record, *along.judgements[i]),
                                      absl::StrCat("judgements[", i, "]")));
    }
    return absl::OkStatus();
  };
}

absl::Status RecordFact(OpenSubject& subject, const fact::v1::Fact& fact) {
  COMITY_RETURN_IF_ERROR(resource::CheckReference(subject.tx(), "fact.campaign", fact.campaign()));
  return fact::Record(subject, fact).status();
}

// Each fact has its entry, which holds the record too: a transaction writes at most 1 MiB.
absl::Status CheckSize(const OpenSubject& subject, const Along& along) {
  size_t bytes = along.facts.size() * subject.record().ByteSizeLong();
  for (const auto* fact : along.facts) bytes += 2 * fact->ByteSizeLong();
  for (const auto* judgement : along.judgements) bytes += 2 * judgement->ByteSizeLong();
  if (bytes <= kMostBytes) return absl::OkStatus();
  return InvalidField("TOO_MUCH_ALONG", "facts",
                      "too much for one transaction: record some of them by BatchRecordFacts");
}

absl::Status RecordAll(OpenSubject& subject, const Along& along) {
  COMITY_RETURN_IF_ERROR(CheckSize(subject, along));
  for (size_t i = 0; i < along.facts.size(); ++i) {
    COMITY_RETURN_IF_ERROR(
        WithItem(RecordFact(subject, *along.facts[i]), absl::StrCat("facts[", i, "]")));
  }
  for (size_t i = 0; i < along.judgements.size(); ++i) {
    COMITY_RETURN_IF_ERROR(WithItem(RecordJudgement(subject, *along.judgements[i]).status(),
                                    absl::StrCat("judgements[", i, "]")));
  }
  return absl::OkStatus();
}

absl::Status CloseInto(OpenSubject& subject, Message* record) {
  COMITY_RETURN_IF_ERROR(subject.Close());
  record->CopyFrom(subject.record());
  return absl::OkStatus();
}

}  // namespace

resource::AfterInsert RecordAlong(Call& call, const fact::SubjectFacts& kind, Beginning beginning) {
  const auto act = [&call, &kind, beginning](storage::Transaction& tx, const Message& request,
                                             Message* record) -> absl::Status {
    const Along along = AlongOf(request);
    if (along.empty() && beginning == nullptr) return absl::OkStatus();
    OpenSubject subject = OpenSubject::Inserted(tx, call, kind, *record);
    if (beginning != nullptr) {
      const fact::v1::Fact begun = beginning(subject.record());
      COMITY_RETURN_IF_ERROR(fact::CheckFact(kind.kinds, begun, call.now));
      COMITY_RETURN_IF_ERROR(fact::Record(subject, begun).status());
    }
    COMITY_RETURN_IF_ERROR(RecordAll(subject, along));
    return CloseInto(subject, record);
  };
  return {CheckAlong(call, kind), act};
}

resource::AfterUpdate RecordAlongUpdate(Call& call, const fact::SubjectFacts& kind) {
  const auto act = [&call, &kind](storage::Transaction& tx, const Message& request,
                                  Message* record) -> absl::Status {
    const Along along = AlongOf(request);
    if (along.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(OpenSubject subject,
                            OpenSubject::Lock(tx, call, kind, NameOf(*record)));
    COMITY_RETURN_IF_ERROR(RecordAll(subject, along));
    return CloseInto(subject, record);
  };
  return {CheckAlong(call, kind), act};
}

}  // namespace comity::judgement
