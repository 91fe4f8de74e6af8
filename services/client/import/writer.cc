#include "services/client/import/writer.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/api/retry.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using Requests = std::vector<std::unique_ptr<Message>>;

constexpr absl::Duration kPatience = absl::Seconds(60);  // until all services know a new person
constexpr absl::Duration kPause = absl::Milliseconds(200);

std::vector<size_t> ItemsToCome(const std::vector<ItemResult>& results) {
  std::vector<size_t> items;
  for (size_t i = 0; i < results.size(); ++i) {
    if (IsNewsToCome(results[i].status)) items.push_back(i);
  }
  return items;
}

Requests CopyOf(const Requests& requests, const std::vector<size_t>& items) {
  Requests copies;
  for (const size_t item : items) {
    copies.emplace_back(requests[item]->New());
    copies.back()->CopyFrom(*requests[item]);
  }
  return copies;
}

// Where all were refused for what one of them carries, each by itself.
absl::StatusOr<std::vector<ItemResult>> SendTogetherOrApart(const WriteContext& context,
                                                            absl::string_view method,
                                                            const Requests& requests) {
  auto together = SendBatch(*context.caller, context.as, method, requests);
  if (!IsRefusedContent(together.status())) return together;
  std::vector<ItemResult> results;
  for (size_t i = 0; i < requests.size(); ++i) {
    auto alone = SendBatch(*context.caller, context.as, method, CopyOf(requests, {i}));
    if (alone.ok()) {
      results.push_back(std::move(alone->front()));
    } else if (IsRefusedContent(alone.status())) {
      results.emplace_back().status = alone.status();
    } else {
      return alone.status();
    }
  }
  return results;
}

// A fact of the plan with what its references will fill in, whoever that is.
fact::v1::Fact WithReferences(const RowPlan& plan, size_t index) {
  fact::v1::Fact fact = plan.facts[index];
  for (const Reference& reference : plan.references) {
    if (reference.fact != static_cast<int>(index)) continue;
    SetField(&fact, reference.path, absl::StrCat(reference.collection, "/x")).IgnoreError();
  }
  return fact;
}

void CheckFactRight(const WriteContext& context, const fact::v1::Fact& fact, RowPlan* plan) {
  const std::string& collection = context.map->collection.plural;
  const std::string kind = fact::KindId(fact.kind());
  if (context.charter == nullptr ||
      context.charter->MayRecord(context.as.department, collection, kind)) {
    return;
  }
  plan->problems.push_back(
      {plan->line, "", kind, "FACT_NOT_ALLOWED",
       absl::StrCat(context.as.department, " may not record it in ", collection)});
}

void CheckJudgement(const WriteContext& context, const judgement::v1::Judgement& judgement,
                    RowPlan* plan) {
  if (context.charter == nullptr) return;
  const auto refuse = [&](const char* reason, const std::string& message) {
    plan->problems.push_back(
        {plan->line, judgement.question(), judgement.answer(), reason, message});
  };
  const auto* question = context.charter->FindQuestion(judgement.question());
  if (question == nullptr || question->collection() != context.map->collection.plural) {
    return refuse("UNKNOWN_QUESTION", "the charter has no such question about this subject");
  }
  if (charter::Charter::FindAnswer(*question, judgement.answer()) == nullptr) {
    return refuse("UNKNOWN_ANSWER", "the charter has no such answer to this question");
  }
  if (context.charter->HasVoice(*question, context.as.department)) return;
  refuse("NO_VOICE", absl::StrCat(context.as.department, " has no voice in it"));
}

void SettleOne(const WriteContext& context, const Work& work) {
  if (!work.problems.empty()) return context.ledger->Refuse(work.problems);
  const Difference& difference = work.difference;
  if (!difference.contradictions.empty()) {
    return context.ledger->Conflict(difference.contradictions);
  }
  if (!work.made && difference.empty()) return context.ledger->Leave(difference.kept);
  context.ledger->Take(difference.kept, work.made ? std::vector<RecordChange>()
                                                  : ChangesOf(work.plan, work.held, difference));
}

// The service answered, and took nothing.
bool IsRefusal(const absl::Status& status) {
  return IsDenied(status) || status.code() == absl::StatusCode::kInvalidArgument ||
         status.code() == absl::StatusCode::kNotFound ||
         status.code() == absl::StatusCode::kFailedPrecondition;
}

}  // namespace

Problem Refusal(const RowPlan& row, const std::string& part, const absl::Status& status) {
  return {row.line, part.empty() ? "row" : part, row.id, Reason(status), ErrorText(status)};
}

Problem Refusal(const RowPlan& row, const Along& along, const absl::Status& status) {
  // `facts[1]`, `judgements[0]`: by what they are called in a map.
  const std::string item = ErrorValue(status, "item");
  const std::string field = ErrorValue(status, "field");
  const auto is_meant = [&](const std::string& part) {
    return item.empty() ? absl::StrContains(field, part) : item == part;
  };
  for (size_t i = 0; i < along.facts.size(); ++i) {
    if (is_meant(absl::StrCat("facts[", i, "]"))) {
      return Refusal(row, Cell(along.facts[i], "kind"), status);
    }
  }
  for (size_t i = 0; i < along.judgements.size(); ++i) {
    if (is_meant(absl::StrCat("judgements[", i, "]"))) {
      return Refusal(row, along.judgements[i].question(), status);
    }
  }
  return Refusal(row, "", status);
}

absl::Status Interrupted() {
  return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                   "what was taken stays: the same import again takes the rest");
}

bool IsNewsToCome(const absl::Status& status) {
  return Reason(status) == "UNKNOWN_PERSON" || Reason(status) == "UNKNOWN_TEAM";
}

bool DependsOnEarlier(const absl::Status& status) {
  return Reason(status) == "CASE_OPEN" || Reason(status) == "CASE_CLOSED";
}

void AddAlong(const WriteContext& context, const Along& along, Message* request) {
  const auto* type = request->GetDescriptor();
  const auto* reflection = request->GetReflection();
  for (const auto& fact : along.facts) {
    reflection->AddMessage(request, type->FindFieldByName("facts"))->CopyFrom(fact);
  }
  for (const auto& judgement : along.judgements) {
    auto* copy = static_cast<judgement::v1::Judgement*>(
        reflection->AddMessage(request, type->FindFieldByName("judgements")));
    *copy = judgement;
    copy->add_evidence(ImportMark(context.map->source, along.row_id));
  }
}

Comparison ComparisonOf(const WriteContext& context) {
  Comparison comparison{context.map->source, context.overrule};
  for (const FactSpec& spec : context.map->facts) comparison.kinds.insert(spec.kind);
  for (const JudgementSpec& spec : context.map->judgements) {
    AskedQuestion& asked = comparison.questions[spec.question];
    const auto* question =
        context.charter == nullptr ? nullptr : context.charter->FindQuestion(spec.question);
    if (question == nullptr) continue;
    for (const auto& answer : question->answers()) {
      const auto& departments = answer.leaves_working_list_of();
      if (absl::c_linear_search(departments, context.as.department)) {
        asked.leaving.insert(answer.id());
      }
      fact::v1::Fact deciding;
      if (SetField(&deciding, "kind", answer.decided_by_fact()).ok()) {
        asked.deciding.insert(deciding.kind());
      }
    }
  }
  return comparison;
}

void Settle(const WriteContext& context, const std::vector<Work>& works) {
  for (const Work& work : works) SettleOne(context, work);
}

bool IsDenied(const absl::Status& status) {
  return status.code() == absl::StatusCode::kPermissionDenied ||
         status.code() == absl::StatusCode::kUnauthenticated ||
         status.code() == absl::StatusCode::kUnimplemented;
}

void SettleFailed(const WriteContext& context, const std::vector<Work>& works,
                  const absl::Status& status) {
  const bool is_certain = IsRefusal(status);
  for (const Work& work : works) {
    if (work.made || !work.problems.empty()) {
      SettleOne(context, work);
    } else if (!is_certain) {
      context.ledger->Refuse(
          {{work.plan.line, "row", work.plan.id, "CALL_FAILED",
            absl::StrCat("whether it was taken is not known; a repetition tells: ",
                         ErrorText(status))}});
    }
  }
}

void CheckPlan(const WriteContext& context, absl::Time now, RowPlan* plan) {
  for (size_t i = 0; i < plan->facts.size(); ++i) {
    const fact::v1::Fact fact = WithReferences(*plan, i);
    // What an export names is there already, whoever recorded it.
    if (fact.name().empty()) CheckFactRight(context, fact, plan);
    const absl::Status status = fact::CheckFact({fact.kind()}, fact, now);
    if (!status.ok()) plan->problems.push_back(Refusal(*plan, Cell(fact, "kind"), status));
  }
  for (const auto& judgement : plan->judgements) {
    if (judgement.name().empty()) CheckJudgement(context, judgement, plan);
  }
}

void Stamp(const WriteContext& context, absl::string_view held, Message* request) {
  if (context.dry_run) SetField(request, "validate_only", "true").IgnoreError();
  const std::string id = RequestIdFor(
      absl::StrCat(context.map->source, "|", held, "|", context.as.ToText(), "|",
                   request->GetDescriptor()->full_name(), "|", request->ShortDebugString()));
  SetField(request, "request_id", id).IgnoreError();
}

std::unique_ptr<Message> CreateRequest(const WriteContext& context, const Collection& collection,
                                       const std::string& id, const Message& record,
                                       const Along& along) {
  const auto method = FindMethod(collection.Method("Create"));
  auto request = New((*method)->input_type());
  const auto* field = request->GetDescriptor()->FindFieldByName(collection.singular);
  Message* copy = request->GetReflection()->MutableMessage(request.get(), field);
  copy->CopyFrom(record);
  if (collection.has_chosen_ids()) {
    SetField(copy, "name", "").IgnoreError();
    SetField(request.get(), absl::StrCat(collection.singular, "_id"), id).IgnoreError();
  }
  AddAlong(context, along, request.get());
  Stamp(context, "", request.get());
  return request;
}

absl::StatusOr<std::vector<ItemResult>> SendPatiently(const WriteContext& context,
                                                      absl::string_view method,
                                                      const Requests& requests) {
  COMITY_ASSIGN_OR_RETURN(auto results, SendTogetherOrApart(context, method, requests));
  const absl::Time until = absl::Now() + kPatience;
  while (absl::Now() < until) {
    const std::vector<size_t> items = ItemsToCome(results);
    if (items.empty() || context.dry_run) break;
    absl::SleepFor(kPause);
    COMITY_ASSIGN_OR_RETURN(auto more,
                            SendTogetherOrApart(context, method, CopyOf(requests, items)));
    for (size_t i = 0; i < items.size(); ++i) results[items[i]] = std::move(more[i]);
  }
  return results;
}

std::unique_ptr<Writer> MakeWriter(const WriteContext& context) {
  if (context.map->about_subjects) return MakeEventWriter(context);
  return context.map->collection.plural == "persons" ? MakePersonWriter(context)
                                                     : MakeRecordWriter(context);
}

}  // namespace comity::client
