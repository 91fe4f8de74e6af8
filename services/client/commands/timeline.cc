// comity timeline: what happened to a record and what belongs to it, over all services.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "comity/gateway/v1/timeline_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/commands/commands.h"
#include "services/client/output/terminal.h"
#include "services/client/output/timeline_page.h"
#include "services/client/output/timeline_view.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

struct TimelineFlags {
  std::string name;
  std::string as_of;
  std::string output;
  std::string html;
};

absl::Status WritePage(const gateway::v1::Timeline& timeline, const std::string& path) {
  std::ofstream file(path, std::ios::trunc);
  if (!(file << TimelinePage(timeline) << std::flush)) {
    return InvalidField("FILE_UNWRITABLE", path, "the file cannot be written");
  }
  std::fprintf(stderr, "the timeline is in %s\n", path.c_str());
  return absl::OkStatus();
}

absl::Status RunTimeline(Context& context, const TimelineFlags& flags) {
  if (flags.output == "json" || flags.output == "name") context.output = flags.output;
  gateway::v1::GetTimelineRequest request;
  request.set_name(flags.name);
  if (!flags.as_of.empty()) {
    COMITY_ASSIGN_OR_RETURN(const absl::Time as_of, ParseInstant(flags.as_of));
    *request.mutable_as_of() = resource::FromTime(as_of);
  }
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(
      const auto timeline,
      context.caller().Ask<gateway::v1::Timeline>(
          context.as(), "comity.gateway.v1.TimelineService/GetTimeline", request));
  if (!flags.html.empty()) return WritePage(timeline, flags.html);
  if (flags.output == "html") return context.Print(TimelinePage(timeline));
  if (context.for_machines()) return context.PrintMessage(timeline);
  return context.Print(TimelineText(timeline, TerminalWidth()));
}

}  // namespace

void AddTimelineCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<TimelineFlags>();
  CLI::App* timeline = app->add_subcommand(
      "timeline", "What happened, who was responsible, who held what: over all services");
  timeline->add_option("name", flags->name, "accounts/…, cases/…, opportunities/… or leads/…")
      ->required();
  timeline->add_option("--as-of", flags->as_of, "As it was known then: a day or time in UTC");
  timeline->add_option("--output,-o", flags->output, "text, json or html")
      ->check(CLI::IsMember({"text", "table", "json", "name", "html"}));
  timeline->add_option("--html", flags->html, "Writes one printable page to this file");
  timeline->footer(
      "Examples:\n  comity timeline accounts/0190…\n"
      "  comity timeline cases/0190… --html case.html --as sue@support\n"
      "  comity timeline leads/0190… --as-of 2026-03-01 -o json\n"
      "What your department may not read is named as withheld. Where the charter is blameless, "
      "departments stand for persons.");
  timeline->callback([=] { context->action = [=] { return RunTimeline(*context, *flags); }; });
}

}  // namespace comity::client
