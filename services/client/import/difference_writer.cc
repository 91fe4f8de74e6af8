// What rows say beyond what is held, sent in batches.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/retry.h"
#include "services/client/import/record_paths.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using Requests = std::vector<std::unique_ptr<Message>>;

// How a batch of rows is sent. Rows of one fact or one judgement each need no right to update the
// record; what is more is one update of it.
enum class Way { kFacts, kJudgements, kUpdates };

bool IsSent(const Work& work) {
  return work.problems.empty() && work.difference.contradictions.empty() &&
         !work.difference.empty() && !work.made && work.name != kNotStored;
}

Way WayOf(const Work& work) {
  const Difference& difference = work.difference;
  const bool one =
      difference.changes.empty() && difference.facts.size() + difference.judgements.size() == 1;
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
  const std::string judged = work.held.judgements.empty() ? "" : work.held.judgements.back().name();
  if (work.difference.changes.empty()) return judged;
  return absl::StrCat(Cell(*work.held.record, "etag"), judged);
}

std::unique_ptr<Message> FactRequest(const Work& work) {
  auto request = std::make_unique<fact::v1::RecordFactRequest>();
  request->set_parent(work.name);
  *request->mutable_fact() = work.difference.facts.front();
  return request;
}

std::unique_ptr<Message> JudgeRequest(const WriteContext& context, const Work& work) {
  auto request = std::make_unique<judgement::v1::JudgeRequest>();
  *request->mutable_judgement() = work.difference.judgements.front();
  request->mutable_judgement()->set_subject(work.name);
  request->mutable_judgement()->add_evidence(ImportMark(context.map->source));
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
  if (work.difference.changes.empty()) {
    SetField(record, "name", work.name).IgnoreError();
  } else {
    record->CopyFrom(*work.held.record);
  }
  for (const Change& change : work.difference.changes) {
    CopyPath(*work.plan.record, change.path, record);
    tops.insert(change.path.substr(0, change.path.find('.')));
  }
  Message* mask =
      request->GetReflection()->MutableMessage(request.get(), type->FindFieldByName("update_mask"));
  for (const std::string& top : tops) {
    mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), top);
  }
  AddAlong(context, Along{work.difference.facts, work.difference.judgements}, request.get());
  return request;
}

std::unique_ptr<Message> RequestOf(const WriteContext& context, const Collection& collection,
                                   Way way, const Work& work) {
  std::unique_ptr<Message> request = way == Way::kFacts ? FactRequest(work)
                                     : way == Way::kJudgements
                                         ? JudgeRequest(context, work)
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

}  // namespace

absl::Status WriteDifferences(const WriteContext& context, const Collection& collection,
                              std::vector<Work>* works, std::vector<size_t>* overtaken) {
  std::vector<Work*> sent;
  for (Work& work : *works) {
    if (IsSent(work)) sent.push_back(&work);
  }
  if (sent.empty()) return absl::OkStatus();
  const Way way = WayOf(sent);
  Requests requests;
  for (const Work* work : sent) requests.push_back(RequestOf(context, collection, way, *work));
  COMITY_ASSIGN_OR_RETURN(const auto results, Send(context, collection, way, requests));
  for (size_t i = 0; i < sent.size(); ++i) {
    const absl::Status& status = results[i].status;
    Work& work = *sent[i];
    if (status.ok() || (context.dry_run && IsUnknowable(status))) continue;
    if (Reason(status) == "ETAG_MISMATCH") {
      overtaken->push_back(static_cast<size_t>(&work - works->data()));
    } else {
      const Along along{work.difference.facts, work.difference.judgements};
      work.problems.push_back(Refusal(work.plan, along, status));
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::client
