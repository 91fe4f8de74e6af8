#include "services/client/commands/open_disputes.h"

#include <functional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "services/client/output/dispute_view.h"
#include "services/client/output/record_view.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::ListDisputesResponse;

constexpr int kDisputesAtOnce = 500;

absl::Status PrintOpen(Context& context,
                       const std::function<std::string(const ListDisputesResponse&)>& show) {
  if (context.for_machines()) return absl::OkStatus();
  gateway::v1::ListDisputesRequest request;
  request.set_filter("open = true");
  request.set_page_size(kDisputesAtOnce);
  const auto open =
      context.FetchList("comity.gateway.v1.DisputeService/ListDisputes", /*all=*/true, &request);
  if (absl::IsPermissionDenied(open.status())) return absl::OkStatus();
  if (!open.ok()) {
    return context.Print(absl::StrCat("disputes are not known: ", open.status().message(), "\n"));
  }
  return context.Print(show(static_cast<const ListDisputesResponse&>(**open)));
}

}  // namespace

absl::Status PrintDisputed(Context& context, const google::protobuf::Message& shown) {
  const std::string lines = NameLines(shown).value_or("");
  if (lines.empty()) return absl::OkStatus();
  const std::set<std::string> names = absl::StrSplit(lines, '\n', absl::SkipEmpty());
  return PrintOpen(context, [&](const auto& open) { return DisputedAmong(open, names); });
}

absl::Status PrintDisputesAbout(Context& context, absl::string_view collection) {
  return PrintOpen(context, [&](const auto& open) { return DisputesAbout(open, collection); });
}

}  // namespace comity::client
