// comity history: all that happened to one record. comity watch: a service's journal as it grows.
#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "services/client/commands/commands.h"
#include "services/client/output/entry_line.h"
#include "services/client/output/format.h"
#include "services/client/output/json.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

struct HistoryFlags {
  std::string subject;
  std::string service;
  int64_t from = -1;
};

// Set by Ctrl-C; the stream's sign of life comes every second.
volatile std::sig_atomic_t stop_watching = 0;

std::string ShowHistory(const journal::v1::ListHistoryResponse& reply) {
  Table table({{"VERSION", true},
               {"RECORDED"},
               {"OCCURRED"},
               {"BY"},
               {"WHAT"},
               {"DETAIL"},
               {"POSITION", true}});
  std::unique_ptr<google::protobuf::Message> before;
  for (const auto& positioned : reply.entries()) {
    const auto& entry = positioned.entry();
    table.AddRow({absl::StrCat(entry.version()), FormatTime(entry.record_time()),
                  FormatTime(entry.occur_time()), ShowActor(entry.actor()), entry.type(),
                  EntryDetail(entry, before.get()),
                  positioned.position() < 0 ? "…" : absl::StrCat(positioned.position())});
    if (auto after = RecordAfter(entry)) before = std::move(after);
  }
  return table.Render(TerminalWidth());
}

// What the facts of the history say in words, by their names: it is personal, so not in the
// journal.
absl::StatusOr<std::map<std::string, std::string>> ReadSummaries(Context& context,
                                                                 const std::string& subject) {
  fact::v1::ListFactsRequest request;
  request.set_parent(subject);
  request.set_page_size(500);
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      context.FetchList("comity.fact.v1.FactService/ListFacts", /*all=*/true, &request));
  std::map<std::string, std::string> summaries;
  for (const auto& fact : static_cast<const fact::v1::ListFactsResponse&>(*reply).facts()) {
    if (!fact.summary().empty()) summaries[fact.name()] = fact.summary();
  }
  return summaries;
}

absl::Status AddSummaries(Context& context, const std::string& subject,
                          journal::v1::ListHistoryResponse* history) {
  const bool has_facts = std::any_of(
      history->entries().begin(), history->entries().end(),
      [](const auto& entry) { return entry.entry().payload().template Is<fact::v1::Fact>(); });
  if (!has_facts) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const auto summaries, ReadSummaries(context, subject));
  for (auto& positioned : *history->mutable_entries()) {
    fact::v1::Fact fact;
    if (!positioned.entry().payload().UnpackTo(&fact)) continue;
    const auto summary = summaries.find(fact.name());
    if (summary == summaries.end()) continue;
    fact.set_summary(summary->second);
    positioned.mutable_entry()->mutable_payload()->PackFrom(fact);
  }
  return absl::OkStatus();
}

absl::Status RunHistory(Context& context, const HistoryFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  journal::v1::ListHistoryRequest request;
  request.set_subject(flags.subject);
  request.set_page_size(500);
  journal::v1::ListHistoryResponse whole;
  do {
    COMITY_ASSIGN_OR_RETURN(
        const auto page,
        context.caller().Ask<journal::v1::ListHistoryResponse>(
            context.as(), "comity.journal.v1.JournalService/ListHistory", request));
    whole.MergeFrom(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  whole.clear_next_page_token();
  if (context.for_machines()) return context.PrintMessage(whole);
  COMITY_RETURN_IF_ERROR(AddSummaries(context, flags.subject, &whole));
  return context.Print(ShowHistory(whole));
}

absl::Status RunWatch(Context& context, const HistoryFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  std::signal(SIGINT, [](int) { stop_watching = 1; });
  absl::Status printed = absl::OkStatus();
  const auto take = [&](const journal::v1::WatchJournalResponse& response) {
    for (const auto& entry : response.entries()) {
      printed.Update(context.Print(context.for_machines() ? ToJson(entry, /*compact=*/true)
                                                          : EntryLine(entry) + "\n"));
    }
    return printed.ok() && stop_watching == 0;
  };
  COMITY_RETURN_IF_ERROR(context.caller().Watch(flags.service, context.as(), flags.from, take));
  return printed;
}

}  // namespace

void AddHistoryCommands(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<HistoryFlags>();
  CLI::App* history = app->add_subcommand("history", "All that happened to a record, in order");
  history->add_option("subject", flags->subject, "e.g. leads/…")->required();
  history->footer("Example:\n  comity history leads/0190…");
  history->callback([=] { context->action = [=] { return RunHistory(*context, *flags); }; });

  CLI::App* watch = app->add_subcommand("watch", "Shows a service's journal as it grows");
  watch->add_option("service", flags->service, "lead, account, support, reporting or gateway")
      ->required()
      ->check(CLI::IsMember({"lead", "account", "support", "reporting", "gateway"}));
  watch->add_option("--from", flags->from, "First position (default: what comes from now on)");
  watch->footer(
      "Examples:\n  comity watch lead\n  comity watch lead --from 0 -o json\n"
      "Ctrl-C ends it.");
  watch->callback([=] { context->action = [=] { return RunWatch(*context, *flags); }; });
}

}  // namespace comity::client
