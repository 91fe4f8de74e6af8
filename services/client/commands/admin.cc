// comity admin: what operators do.
#include "absl/strings/str_cat.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/format.h"
#include "services/client/output/report_view.h"

namespace comity::client {
namespace {

constexpr char kService[] = "comity.reporting.v1.ReportService/";

std::string ShowFreshness(const reporting::v1::Freshness& freshness) {
  std::string text = BasisText(freshness.basis());
  for (const auto& behind : freshness.behind()) {
    absl::StrAppend(&text, "  ", behind.service(), ": ", FormatCount(behind.position()),
                    " entries behind\n");
  }
  return text;
}

absl::Status Rebuild(Context& context) {
  reporting::v1::RebuildReportingRequest request;
  request.set_request_id(RandomRequestId());
  return context.Run<reporting::v1::RebuildReportingResponse>(
      absl::StrCat(kService, "RebuildReporting"), request, [](const auto& reply) {
        return absl::StrCat("rebuilt from ", FormatCount(reply.entries()), " entries in ",
                            FormatCount(reply.intakes()), " intakes\n");
      });
}

}  // namespace

void AddAdminCommands(CLI::App* app, Context* context) {
  CLI::App* admin = app->add_subcommand("admin", "Runs the system");
  admin->require_subcommand(1);
  CLI::App* freshness = admin->add_subcommand("freshness", "How far reporting has followed");
  freshness->footer("Example:\n  comity admin freshness");
  freshness->callback([=] {
    context->action = [=] {
      return context->Run<reporting::v1::Freshness>(absl::StrCat(kService, "GetFreshness"),
                                                    reporting::v1::GetFreshnessRequest(),
                                                    ShowFreshness);
    };
  });
  CLI::App* rebuild = admin->add_subcommand(
      "rebuild-reporting", "Computes reporting's tables again: the numbers stay the same");
  rebuild->footer("Example:\n  comity admin rebuild-reporting --as ivo@it");
  rebuild->callback([=] { context->action = [=] { return Rebuild(*context); }; });
}

}  // namespace comity::client
