#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/client/api/caller.h"
#include "services/client/api/field_value.h"
#include "services/client/api/retry.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kMostItems = 200;
constexpr size_t kMostBytes = size_t{512} << 10;
constexpr absl::Duration kLeastPatience = absl::Seconds(6);
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

// Takes as many of the waiting items as one call carries, at most `most`.
size_t FillRequest(const std::vector<std::unique_ptr<Message>>& items,
                   const std::vector<size_t>& waiting, size_t first, size_t most,
                   Message* request) {
  const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName("requests");
  size_t count = 0;
  size_t bytes = 0;
  while (first + count < waiting.size() && count < most) {
    const Message& item = *items[waiting[first + count]];
    bytes += item.ByteSizeLong();
    if (count > 0 && bytes > kMostBytes) break;
    request->GetReflection()->AddMessage(request, field)->CopyFrom(item);
    ++count;
  }
  return count;
}

ItemResult TakeResult(const Message& result) {
  ItemResult taken;
  const google::protobuf::Reflection* reflection = result.GetReflection();
  for (int i = 0; i < result.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = result.GetDescriptor()->field(i);
    if (!reflection->HasField(result, field)) continue;
    const Message& part = reflection->GetMessage(result, field);
    if (field->name() == "status") {
      const auto* rpc = part.GetDescriptor()->FindFieldByName("status");
      taken.status = FromRpcStatus(
          static_cast<const google::rpc::Status&>(part.GetReflection()->GetMessage(part, rpc)));
    } else {
      taken.value.reset(part.New());
      taken.value->CopyFrom(part);
    }
  }
  return taken;
}

class Batch {
 public:
  Batch(Caller& caller, const Identity& as, absl::string_view name, const MethodDescriptor& method,
        const std::vector<std::unique_ptr<Message>>& items)
      : caller_(caller), as_(as), name_(name), method_(method), items_(items) {
    results_.resize(items.size());
  }

  absl::StatusOr<std::vector<ItemResult>> Run() {
    std::vector<size_t> waiting(items_.size());
    for (size_t i = 0; i < waiting.size(); ++i) waiting[i] = i;
    const absl::Time until = absl::Now() + std::max(caller_.patience(), kLeastPatience);
    for (absl::Duration pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
      COMITY_ASSIGN_OR_RETURN(waiting, SendAll(waiting));
      if (waiting.empty() || absl::Now() + pause > until) return std::move(results_);
      absl::SleepFor(pause);
    }
  }

 private:
  // Returns the items that are worth another try.
  absl::StatusOr<std::vector<size_t>> SendAll(const std::vector<size_t>& waiting) {
    std::vector<size_t> again;
    for (size_t first = 0; first < waiting.size();) {
      const auto request = New(method_.input_type());
      const auto reply = New(method_.output_type());
      size_t count = 0;
      COMITY_RETURN_IF_ERROR(WithRetries(caller_.patience(), [&] {
        request->Clear();
        count = FillRequest(items_, waiting, first, most_items_, request.get());
        absl::Status status = caller_.Try("", as_, name_, *request, reply.get());
        // As many would take as long again.
        if (absl::IsDeadlineExceeded(status)) most_items_ = std::max<size_t>(1, count / 4);
        return status;
      }));
      const FieldDescriptor* field = reply->GetDescriptor()->FindFieldByName("results");
      if (reply->GetReflection()->FieldSize(*reply, field) != static_cast<int>(count)) {
        return Internal(absl::StrCat(name_, " did not answer each item"));
      }
      for (size_t i = 0; i < count; ++i) {
        const size_t item = waiting[first + i];
        results_[item] = TakeResult(
            reply->GetReflection()->GetRepeatedMessage(*reply, field, static_cast<int>(i)));
        if (WorthAnotherTry(results_[item].status)) again.push_back(item);
      }
      first += count;
    }
    return again;
  }

  Caller& caller_;
  const Identity& as_;
  const absl::string_view name_;
  const MethodDescriptor& method_;
  const std::vector<std::unique_ptr<Message>>& items_;
  std::vector<ItemResult> results_;
  size_t most_items_ = kMostItems;
};

}  // namespace

absl::StatusOr<std::vector<ItemResult>> SendBatch(
    Caller& caller, const Identity& as, absl::string_view method,
    const std::vector<std::unique_ptr<Message>>& items) {
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* descriptor, FindMethod(method));
  return Batch(caller, as, method, *descriptor, items).Run();
}

absl::Status ForEach(Caller& caller, const Identity& as, const Collection& collection,
                     absl::string_view filter, absl::string_view lens,
                     const std::function<absl::Status(const Message&)>& take) {
  const std::string name = collection.Method("List");
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(name));
  const auto request = New(method->input_type());
  COMITY_RETURN_IF_ERROR(SetField(request.get(), "page_size", "500"));
  if (!filter.empty()) COMITY_RETURN_IF_ERROR(SetField(request.get(), "filter", filter));
  if (method->input_type()->FindFieldByName("show_all") != nullptr) {
    COMITY_RETURN_IF_ERROR(SetField(request.get(), "show_all", "true"));
    COMITY_RETURN_IF_ERROR(SetField(request.get(), "lens", lens));
  }
  std::string token;
  do {
    const auto reply = New(method->output_type());
    COMITY_RETURN_IF_ERROR(SetField(request.get(), "page_token", token));
    COMITY_RETURN_IF_ERROR(caller.Call(as, name, *request, reply.get()));
    const FieldDescriptor* field = reply->GetDescriptor()->FindFieldByName(collection.plural);
    const google::protobuf::Reflection* reflection = reply->GetReflection();
    for (int i = 0; i < reflection->FieldSize(*reply, field); ++i) {
      COMITY_RETURN_IF_ERROR(take(reflection->GetRepeatedMessage(*reply, field, i)));
    }
    token = Cell(*reply, "next_page_token");
  } while (!token.empty());
  return absl::OkStatus();
}

}  // namespace comity::client
