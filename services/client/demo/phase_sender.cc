#include "services/client/demo/phase_sender.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/client/api/field_value.h"
#include "services/client/api/schema.h"
#include "services/client/api/work_queue.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kPiece = 200;

bool TakesBatches(const Phase& phase) { return absl::StrContains(phase.method, "/Batch"); }

// Calls `take` for every text of a message, maps and lists of texts aside.
void ForEachText(Message* message,
                 const std::function<void(const FieldDescriptor*, Message*)>& take) {
  const google::protobuf::Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      take(field, message);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field->is_repeated() &&
               !field->is_map()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
        ForEachText(reflection->MutableRepeatedMessage(message, field, i), take);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      ForEachText(reflection->MutableMessage(message, field), take);
    }
  }
}

}  // namespace

absl::Status PhaseSender::Send(Phase& phase) {
  std::map<Identity, std::vector<Draft*>> by_identity;
  for (Draft& draft : phase.drafts) by_identity[draft.as].push_back(&draft);
  phase_done_ = 0;
  phase_total_ = static_cast<int64_t>(phase.drafts.size());
  WorkQueue queue(options_.writers);
  for (const auto& [as, drafts] : by_identity) {
    queue.Push([&, as = as, drafts = drafts] { return SendAs(phase, as, drafts); });
  }
  return queue.Wait();
}

absl::Status PhaseSender::SendAs(const Phase& phase, const Identity& as,
                                 const std::vector<Draft*>& drafts) {
  for (size_t first = 0; first < drafts.size(); first += kPiece) {
    const size_t end = std::min(drafts.size(), first + kPiece);
    COMITY_RETURN_IF_ERROR(SendPiece(phase, as, {drafts.begin() + first, drafts.begin() + end}));
  }
  return absl::OkStatus();
}

absl::Status PhaseSender::SendPiece(const Phase& phase, const Identity& as,
                                    const std::vector<Draft*>& drafts) {
  for (Draft* draft : drafts) COMITY_RETURN_IF_ERROR(Prepare(*draft));
  COMITY_ASSIGN_OR_RETURN(const auto results, Call(phase, as, drafts));
  for (size_t i = 0; i < drafts.size(); ++i) {
    COMITY_RETURN_IF_ERROR(TakeResult(phase, *drafts[i], results[i]));
  }
  absl::MutexLock lock(&mutex_);
  phase_done_ += static_cast<int64_t>(drafts.size());
  sent_ += static_cast<int64_t>(drafts.size());
  if (options_.progress) options_.progress(phase.label, phase_done_, phase_total_);
  return absl::OkStatus();
}

absl::Status PhaseSender::Prepare(Draft& draft) {
  COMITY_RETURN_IF_ERROR(FillNames(draft.request.get()));
  return SetField(draft.request.get(), "request_id", options_.request_id(draft.key));
}

// One result for each draft; an error where the call failed as a whole.
absl::StatusOr<std::vector<ItemResult>> PhaseSender::Call(const Phase& phase, const Identity& as,
                                                          const std::vector<Draft*>& drafts) {
  if (TakesBatches(phase)) {
    std::vector<std::unique_ptr<Message>> requests;
    for (Draft* draft : drafts) requests.push_back(std::move(draft->request));
    return SendBatch(caller_, as, phase.method, requests);
  }
  COMITY_ASSIGN_OR_RETURN(const auto* method, FindMethod(phase.method));
  std::vector<ItemResult> results;
  for (const Draft* draft : drafts) {
    ItemResult result{absl::OkStatus(), New(method->output_type())};
    result.status = caller_.Call(as, phase.method, *draft->request, result.value.get());
    results.push_back(std::move(result));
  }
  return results;
}

absl::Status PhaseSender::TakeResult(const Phase& phase, const Draft& draft,
                                     const ItemResult& result) {
  std::string name;
  if (result.status.ok()) {
    name = Cell(*result.value, "name");
  } else if (result.status.code() == absl::StatusCode::kAlreadyExists) {
    name = ErrorValue(result.status, "name");  // of a load whose replies are no longer kept
  }
  if (name.empty()) {
    return MakeError(result.status.code(), Reason(result.status),
                     absl::StrCat(phase.label, ": ", draft.key, " as ", draft.as.ToText(), ": ",
                                  result.status.message()));
  }
  absl::MutexLock lock(&mutex_);
  names_[draft.key] = name;
  return absl::OkStatus();
}

// Puts the name in the place of each `@key`.
absl::Status PhaseSender::FillNames(Message* message) {
  absl::Status status = absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  ForEachText(message, [&](const FieldDescriptor* field, Message* holder) {
    const std::string text = holder->GetReflection()->GetString(*holder, field);
    if (!absl::StartsWith(text, "@")) return;
    const auto found = names_.find(text.substr(1));
    if (found == names_.end()) {
      status.Update(Internal(absl::StrCat("no record ", text, " was made")));
    } else {
      holder->GetReflection()->SetString(holder, field, found->second);
    }
  });
  return status;
}

}  // namespace comity::client
