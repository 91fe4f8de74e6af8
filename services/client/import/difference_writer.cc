// What rows say beyond what is held, sent in batches.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/retry.h"
#include "services/client/import/last_said.h"
#include "services/client/import/record_paths.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using Requests = std::vector<std::unique_ptr<Message>>;

// How rows are sent. One fact or one judgement needs no right to update the record; what is more is
// one update of it, for those who may.
enum class Way { kFacts, kJudgements, kUpdates };

bool IsSent(const Work& work) {
  return work.problems.empty() && work.difference.contradictions.empty() &&
         (!work.difference.empty() || work.difference.remembers) && !work.made &&
         work.name != kNotStored;
}

Way WayOf(const Work& work) {
  const Difference& difference = work.difference;
  const bool one = difference.changes.empty() && !difference.remembers &&
                   difference.facts.size() + difference.judgements.size() == 1;
  if (!one) return Way::kUpdates;
  return difference.facts.empty() ? Way::kJudgements : Way::kFacts;
}

// Rows about one subject build on each other: they go one way, in their order.
Way WayOf(const std::vector<Work*>& works) {
  const Way first = WayOf(*works.front());
  const bool same = std::all_of(works.begin(), works.end(),
                                [&](const Work* work) { return WayOf(*work) == first; });
  return same ? first : Way::kUpdates;
}

// What tells the state of the record for a request id: the same row may say so again later.
std::string HeldBy(const Work& work) {
  std::string judged = work.held.judgements.empty() ? "" : work.held.judgements.back().name();
  if (work.difference.changes.empty() && !work.difference.remembers) return judged;
  return absl::StrCat(Cell(*work.held.record, "etag"), judged);
}

// One thing that is sent of a row: `part` of its facts or judgements, or all of it.
struct Sent {
  Work* work;
  size_t part = 0;
};

std::unique_ptr<Message> FactRequest(const Work& work, size_t part) {
  auto request = std::make_unique<fact::v1::RecordFactRequest>();
  request->set_parent(work.name);
  *request->mutable_fact() = work.difference.facts[part];
  return request;
}

std::unique_ptr<Message> JudgeRequest(const WriteContext& context, const Work& work, size_t part) {
  auto request = std::make_unique<judgement::v1::JudgeRequest>();
  *request->mutable_judgement() = work.difference.judgements[part];
  request->mutable_judgement()->set_subject(work.name);
  request->mutable_judgement()->add_evidence(ImportMark(context.map->source, work.plan.id));
  return request;
}

// Of maps and lists, what the row does not say stays: they are replaced as a whole, on the record
// as it was read, and only if it still is.
std::unique_ptr<Message> UpdateRequest(const WriteContext& context, const Collection& collection,
                                       const Work& work) {
  auto request = New((*FindMethod(collection.Method("Update")))->input_type());
  const auto* type = request->GetDescriptor();
  Message* record = request->GetReflection()->MutableMessage(
      request.get(), type->FindFieldByName(collection.singular));
  std::set<std::string> tops;
  if (work.difference.changes.empty() && !work.difference.remembers) {
    SetField(record, "name", work.name).IgnoreError();
  } else {
    record->CopyFrom(*work.held.record);
  }
  for (const ChangedValue& change : work.difference.changes) {
    CopyPath(*work.plan.record, change.path, record);
    tops.insert(change.path.substr(0, change.path.find('.')));
  }
  const bool keeps = !tops.empty() || work.difference.remembers;
  if (keeps && LastSaid::Copy(*work.plan.record, record)) tops.insert("attributes");
  Message* mask =
      request->GetReflection()->MutableMessage(request.get(), type->FindFieldByName("update_mask"));
  for (const std::string& top : tops) {
    mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), top);
  }
  AddAlong(context, Along{work.plan.id, work.difference.facts, work.difference.judgements},
           request.get());
  return request;
}

std::unique_ptr<Message> RequestOf(const WriteContext& context, const Collection& collection,
                                   Way way, const Sent& sent) {
  const Work& work = *sent.work;
  std::unique_ptr<Message> request = way == Way::kFacts ? FactRequest(work, sent.part)
                                     : way == Way::kJudgements
                                         ? JudgeRequest(context, work, sent.part)
                                         : UpdateRequest(context, collection, work);
  Stamp(context, HeldBy(work), request.get());
  return request;
}

absl::StatusOr<std::vector<ItemResult>> SendInOrder(const WriteContext& context,
                                                    const std::string& method,
                                                    const Requests& requests) {
  COMITY_ASSIGN_OR_RETURN(auto results, SendPatiently(context, method, requests));
  if (context.dry_run) return results;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!DependsOnEarlier(results[i].status)) continue;
    Requests again;
    again.emplace_back(requests[i]->New());
    again.back()->CopyFrom(*requests[i]);
    COMITY_ASSIGN_OR_RETURN(auto more, SendBatch(*context.caller, context.as, method, again));
    results[i] = std::move(more.front());
  }
  return results;
}

// Where a collection has no method for batches of updates.
absl::StatusOr<std::vector<ItemResult>> SendOneByOne(const WriteContext& context,
                                                     const std::string& method,
                                                     const Requests& requests) {
  COMITY_ASSIGN_OR_RETURN(const auto* descriptor, FindMethod(method));
  std::vector<ItemResult> results;
  for (const auto& request : requests) {
    ItemResult& result = results.emplace_back();
    result.value = New(descriptor->output_type());
    result.status = context.caller->Call(context.as, method, *request, result.value.get());
    if (IsAway(result.status)) return result.status;
  }
  return results;
}

absl::StatusOr<std::vector<ItemResult>> Send(const WriteContext& context,
                                             const Collection& collection, Way way,
                                             const Requests& requests) {
  if (way == Way::kFacts) {
    return SendInOrder(context, "comity.fact.v1.FactService/BatchRecordFacts", requests);
  }
  if (way == Way::kJudgements) {
    return SendInOrder(context, "comity.judgement.v1.JudgementService/BatchJudge", requests);
  }
  const std::string batch = collection.Method("BatchUpdate");
  if (FindMethod(batch).ok()) return SendInOrder(context, batch, requests);
  return SendOneByOne(context, collection.Method("Update"), requests);
}

// What is refused of a row, under the name that its map gives it.
Problem ProblemOf(Way way, const Sent& sent, const absl::Status& status) {
  const Difference& difference = sent.work->difference;
  const RowPlan& plan = sent.work->plan;
  if (way == Way::kFacts) return Refusal(plan, Cell(difference.facts[sent.part], "kind"), status);
  if (way == Way::kJudgements) {
    return Refusal(plan, difference.judgements[sent.part].question(), status);
  }
  return Refusal(plan, Along{plan.id, difference.facts, difference.judgements}, status);
}

// What a dry run cannot know: it stores nothing that later rows about the subject could stand on.
bool IsUnknowable(const WriteContext& context, const absl::Status& status) {
  const bool stands_on_earlier = DependsOnEarlier(status) || Reason(status) == "FACT_MISSING";
  return context.dry_run &&
         (IsNewsToCome(status) || (context.map->about_subjects && stands_on_earlier));
}

// Rows whose update was not taken, though nothing is wrong with them.
struct Unsent {
  std::vector<Work*> overtaken;  // somebody else changed the record since it was read
  std::vector<Work*> denied;     // they change no field: what they tell may be taken without
};

// Whether the row's end is open, or what it says is not worth a refusal: what its record holds
// already is unchanged for those as well who may not make the record remember that.
bool SetAside(Way way, const Sent& sent, const absl::Status& status, Unsent* unsent) {
  if (Reason(status) == "ETAG_MISMATCH") {
    unsent->overtaken.push_back(sent.work);
    return true;
  }
  if (way != Way::kUpdates || !sent.work->difference.changes.empty()) return false;
  if (sent.work->difference.empty()) return true;
  if (status.code() != absl::StatusCode::kPermissionDenied) return false;
  unsent->denied.push_back(sent.work);
  return true;
}

absl::Status SendAll(const WriteContext& context, const Collection& collection, Way way,
                     const std::vector<Sent>& sent, Unsent* unsent) {
  if (sent.empty()) return absl::OkStatus();
  Requests requests;
  for (const Sent& each : sent) requests.push_back(RequestOf(context, collection, way, each));
  const auto results = Send(context, collection, way, requests);
  if (!results.ok() && IsAway(results.status())) return results.status();
  for (size_t i = 0; i < sent.size(); ++i) {
    const absl::Status& status = results.ok() ? (*results)[i].status : results.status();
    if (status.ok() || IsUnknowable(context, status)) continue;
    if (SetAside(way, sent[i], status, unsent)) continue;
    sent[i].work->problems.push_back(ProblemOf(way, sent[i], status));
  }
  return absl::OkStatus();
}

// For a department that may not update the records: each part under its own right, and a judgement
// only where the row's facts were taken.
absl::Status SendParts(const WriteContext& context, const Collection& collection,
                       const std::vector<Work*>& works, Unsent* unsent) {
  std::vector<Sent> facts;
  for (Work* work : works) {
    for (size_t i = 0; i < work->difference.facts.size(); ++i) facts.push_back({work, i});
  }
  COMITY_RETURN_IF_ERROR(SendAll(context, collection, Way::kFacts, facts, unsent));
  std::vector<Sent> judgements;
  for (Work* work : works) {
    if (!work->problems.empty()) continue;
    for (size_t i = 0; i < work->difference.judgements.size(); ++i) judgements.push_back({work, i});
  }
  return SendAll(context, collection, Way::kJudgements, judgements, unsent);
}

bool EditsNothing(const std::vector<Work*>& works) {
  return std::all_of(works.begin(), works.end(),
                     [](const Work* work) { return work->difference.changes.empty(); });
}

}  // namespace

absl::Status WriteDifferences(const WriteContext& context, const Collection& collection,
                              std::vector<Work>* works, std::vector<Work*>* overtaken) {
  std::vector<Work*> rows;
  for (Work& work : *works) {
    if (IsSent(work)) rows.push_back(&work);
  }
  if (rows.empty()) return absl::OkStatus();
  Unsent unsent;
  const Way way = WayOf(rows);
  const bool may_update = context.charter == nullptr ||
                          context.charter->MayUpdate(context.as.department, collection.plural);
  if (way == Way::kUpdates && !may_update && EditsNothing(rows)) {
    unsent.denied = rows;
  } else {
    std::vector<Sent> sent;
    for (Work* work : rows) sent.push_back({work});
    COMITY_RETURN_IF_ERROR(SendAll(context, collection, way, sent, &unsent));
  }
  const std::vector<Work*> denied = std::move(unsent.denied);
  COMITY_RETURN_IF_ERROR(SendParts(context, collection, denied, &unsent));
  *overtaken = std::move(unsent.overtaken);
  return absl::OkStatus();
}

}  // namespace comity::client
