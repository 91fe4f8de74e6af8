// comity fact record|void, comity facts.
#include <memory>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using fact::v1::Fact;

constexpr char kService[] = "comity.fact.v1.FactService/";

// Flags that are fields of the fact.
struct Field {
  const char* flag;
  const char* path;
  const char* help;
};
constexpr Field kFields[] = {
    {"--kind,-k", "kind",
     "call, meeting, mail, note, task, touch, engaged, signed, declined, promised, promise-kept, "
     "…"},
    {"--occurred", "occur_time", "When it happened, e.g. 2026-03-01 (default: now)"},
    {"--summary", "summary", "What was said or done"},
    {"--reason,-r", "reason", "A reason code; needed to correct"},
    {"--amount", "amount", "e.g. '1200.50 EUR' (amount-changed, signed)"},
    {"--close-date", "close_date", "The new expected close date (close-date-changed)"},
    {"--owner", "owner", "The new owner (owner-changed)"},
    {"--team", "team", "The team (handed-to-team)"},
    {"--channel", "channel", "The channel (touch)"},
    {"--campaign", "campaign", "The campaign (touch)"},
    {"--due", "due_time", "When it is due (task, promised)"},
    {"--contact", "contact", "To whom (promised; default: the opportunity's contact)"},
    {"--promise", "promise", "Which promise: its fact (promise-kept, promise-broken)"},
    {"--corrects", "corrects", "The earlier fact that this one replaces"},
};

struct FactFlags {
  std::string name;
  std::string reason;
  std::string values[std::size(kFields)];
  int page_size = 0;
  bool validate_only = false;
};

std::string ShowOne(const Fact& fact) {
  return absl::StrCat(Cell(fact, "kind"), " recorded: ", fact.name(), "\n");
}

std::string Detail(const Fact& fact) {
  std::string text;
  for (const char* path :
       {"amount", "close_date", "owner", "team", "channel", "campaign", "due_time", "contact",
        "promise", "reason", "summary", "voids", "corrects"}) {
    const std::string cell = Cell(fact, path);
    if (!cell.empty()) absl::StrAppend(&text, text.empty() ? "" : "; ", cell);
  }
  return text;
}

std::string ShowFacts(const fact::v1::ListFactsResponse& reply) {
  Table table({{"KIND"}, {"OCCURRED"}, {"BY"}, {"DETAIL"}, {"STANDS"}, {"NAME", false, true}});
  for (const Fact& fact : reply.facts()) {
    table.AddRow({Cell(fact, "kind"), FormatTime(fact.occur_time()), ShowActor(fact.actor()),
                  Detail(fact), fact.superseded_by().empty() ? "yes" : "no", fact.name()});
  }
  return table.Render(TerminalWidth());
}

absl::Status RunRecord(Context& context, const FactFlags& flags) {
  fact::v1::RecordFactRequest request;
  request.set_parent(flags.name);
  for (size_t i = 0; i < std::size(kFields); ++i) {
    COMITY_RETURN_IF_ERROR(SetField(request.mutable_fact(), kFields[i].path, flags.values[i]));
  }
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<Fact>(absl::StrCat(kService, "RecordFact"), request, ShowOne);
}

absl::Status RunVoid(Context& context, const FactFlags& flags) {
  fact::v1::VoidFactRequest request;
  request.set_name(flags.name);
  request.set_reason(flags.reason);
  request.set_request_id(RandomRequestId());
  return context.Run<Fact>(absl::StrCat(kService, "VoidFact"), request, [](const Fact& fact) {
    return absl::StrCat(fact.voids(), " is void by ", fact.name(), "\n");
  });
}

absl::Status RunFacts(Context& context, const FactFlags& flags) {
  fact::v1::ListFactsRequest request;
  request.set_parent(flags.name);
  request.set_page_size(flags.page_size == 0 ? 500 : flags.page_size);
  return context.Run<fact::v1::ListFactsResponse>(absl::StrCat(kService, "ListFacts"), request,
                                                  ShowFacts);
}

}  // namespace

void AddFactCommands(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<FactFlags>();
  CLI::App* fact = app->add_subcommand("fact", "Records what happened, once for every department");
  fact->require_subcommand(1);

  CLI::App* record = fact->add_subcommand("record", "Records a fact of a subject");
  record->add_option("subject", flags->name, "e.g. opportunities/…")->required();
  for (size_t i = 0; i < std::size(kFields); ++i) {
    CLI::Option* option = record->add_option(kFields[i].flag, flags->values[i], kFields[i].help);
    if (i == 0) option->required();
  }
  record->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  record->footer(
      "Examples:\n  comity fact record opportunities/0190… --kind signed --amount '1200.50 EUR' "
      "--occurred 2026-03-01\n  comity fact record leads/0190… --kind call --summary 'Wants an "
      "offer by June'\n  comity fact record opportunities/0190… --kind promised --summary "
      "'Training "
      "for 40' --contact contacts/0190… --due 2026-06-01\n  comity fact record opportunities/0190… "
      "--kind promise-kept --promise opportunities/0190…/facts/0190…");
  record->callback([=] { context->action = [=] { return RunRecord(*context, *flags); }; });

  CLI::App* voided = fact->add_subcommand("void", "Voids a fact: it stays and counts no more");
  voided->add_option("fact", flags->name, "e.g. opportunities/…/facts/…")->required();
  voided->add_option("--reason,-r", flags->reason, "Why")->required();
  voided->footer(
      "Example:\n  comity fact void opportunities/0190…/facts/0190… --reason "
      "signed-by-mistake");
  voided->callback([=] { context->action = [=] { return RunVoid(*context, *flags); }; });

  CLI::App* facts = app->add_subcommand("facts", "The facts of a subject, the void ones too");
  facts->add_option("subject", flags->name, "e.g. opportunities/…")->required();
  facts->add_option("--page-size", flags->page_size, "At most 500");
  facts->footer("Example:\n  comity facts opportunities/0190…");
  facts->callback([=] { context->action = [=] { return RunFacts(*context, *flags); }; });
}

}  // namespace comity::client
