// comity demo load, play: a company to try things on.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/commands/commands.h"
#include "services/client/commands/demo_play.h"
#include "services/client/demo/loader.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

struct DemoFlags {
  uint64_t seed = 1;
  double scale = 1.0;
};

void ShowProgress(const std::string& label, int64_t done, int64_t total) {
  if (ErrorsAreTerminal()) {
    std::fprintf(
        stderr, "\r\x1b[K%s",
        Progress(label, static_cast<double>(done), static_cast<double>(total), 24).c_str());
    if (done == total) std::fprintf(stderr, "\r\x1b[K");
  } else if (done == total) {
    std::fprintf(stderr, "  %s: %s\n", label.c_str(), FormatCount(total).c_str());
  }
}

absl::Status RunLoad(Context& context, const DemoFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(context.caller()
                             .Ask<type::v1::Charter>(context.as(),
                                                     "comity.gateway.v1.CharterService/GetCharter",
                                                     gateway::v1::GetCharterRequest())
                             .status());
  // Newcomers act as soon as the services have heard of them.
  context.caller().set_patience(absl::Minutes(2));
  LoadOptions options;
  options.seed = flags.seed;
  options.scale = flags.scale;
  const absl::Time start = absl::Now();
  options.now = absl::FromCivil(absl::ToCivilDay(start, absl::UTCTimeZone()), absl::UTCTimeZone());
  options.progress = ShowProgress;
  COMITY_ASSIGN_OR_RETURN(const LoadResult result, LoadCompany(context.caller(), options));
  if (result.already_loaded) return context.Print("the demonstration company is loaded already\n");
  return context.Print(absl::StrCat(
      "loaded ", FormatCount(result.records), " records, facts and judgements in ",
      absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Milliseconds(100))), "\n"));
}

}  // namespace

void AddDemoCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<DemoFlags>();
  CLI::App* demo = app->add_subcommand("demo", "A generated company to try things on");
  demo->require_subcommand(1);
  CLI::App* load = demo->add_subcommand("load", "Loads it, once");
  load->add_option("--seed", flags->seed, "Another seed is another company (default 1)");
  load->add_option("--scale", flags->scale, "Of the numbers of records (default 1.0)")
      ->check(CLI::Range(0.001, 100.0));
  load->footer(
      "Examples:\n  comity demo load\n  comity demo load --seed 7 --scale 0.1\n"
      "Six departments, forty persons, 2,000 leads, opportunities, accounts and cases each, and a "
      "year of facts and judgements.\nA load that was interrupted goes on when it is started "
      "again.");
  load->callback([=] { context->action = [=] { return RunLoad(*context, *flags); }; });
  AddPlayCommand(demo, context);
}

}  // namespace comity::client
