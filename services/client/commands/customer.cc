// comity customer: one account as all services know it.
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "comity/gateway/v1/customer_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/commands/commands.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/client/output/promise_view.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

struct CustomerFlags {
  std::string name;
  std::string lens;
};

// Title and content of a part, or why it is missing.
std::string Part(absl::string_view title, const google::rpc::Status& status, int count, bool more,
                 const std::string& content) {
  std::string text = absl::StrCat("\n", title);
  const absl::Status problem = FromRpcStatus(status);
  if (!problem.ok()) return absl::StrCat(text, ": missing: ", ErrorText(problem), "\n");
  absl::StrAppend(&text, " (", count, more ? " of more" : "", ")\n");
  return count == 0 ? text : absl::StrCat(text, content);
}

std::string Standings(const gateway::v1::StandingsPart& part, int width) {
  Table table({{"QUESTION"}, {"DEPARTMENT"}, {"ANSWER"}, {"SINCE"}, {"BY"}, {"REASON"}});
  for (const auto& standing : part.standings()) {
    if (standing.judgements().empty()) continue;
    const std::string question(absl::StripPrefix(standing.question(), "questions/"));
    for (const auto& judgement : standing.judgements()) {
      table.AddRow({question, ShortName(judgement.department()), judgement.answer(),
                    Cell(judgement, "occur_time"), ShowActor(judgement.actor()),
                    judgement.reason()});
    }
    table.AddRow({question, "settled", ShowAnswer(standing.settled()), "", "", ""});
  }
  return table.Render(width);
}

// Questions on which somebody holds something.
int Judged(const gateway::v1::StandingsPart& part) {
  return static_cast<int>(std::count_if(part.standings().begin(), part.standings().end(),
                                        [](const auto& s) { return !s.judgements().empty(); }));
}

std::string Numbers(const gateway::v1::NumbersPart& part) {
  std::string text = absl::StrCat("  won ", FormatCount(part.won_count()), ", lost ",
                                  FormatCount(part.lost_count()), ", undecided ",
                                  FormatCount(part.undecided_count()));
  for (const auto& amount : part.won_amounts()) {
    absl::StrAppend(&text, "; value won ", FormatMoney(amount));
  }
  return absl::StrCat(text, " (as of ", part.as_of(), ")\n");
}

std::string ShowCustomer(const gateway::v1::Customer& customer) {
  const int width = TerminalWidth();
  const absl::Status missing = FromRpcStatus(customer.account().status());
  std::string text = missing.ok() ? RecordDetail(customer.account().account(), width)
                                  : absl::StrCat("Account: missing: ", ErrorText(missing), "\n");
  absl::StrAppend(
      &text, Part("Contacts", customer.contacts().status(), customer.contacts().contacts_size(),
                  customer.contacts().more(), RecordTable(customer.contacts(), "contacts", width)));
  absl::StrAppend(
      &text, Part("Relationships", customer.relationships().status(),
                  customer.relationships().relationships_size(), customer.relationships().more(),
                  RecordTable(customer.relationships(), "relationships", width)));
  absl::StrAppend(
      &text, Part("Opportunities", customer.opportunities().status(),
                  customer.opportunities().opportunities_size(), customer.opportunities().more(),
                  RecordTable(customer.opportunities(), "opportunities", width)));
  absl::StrAppend(&text, Part("Open promises", customer.promises().status(),
                              customer.promises().promises_size(), customer.promises().more(),
                              PromiseTable(customer.promises().promises(), width)));
  absl::StrAppend(&text,
                  Part("Cases", customer.cases().status(), customer.cases().cases_size(),
                       customer.cases().more(), RecordTable(customer.cases(), "cases", width)));
  absl::StrAppend(&text, Part("Judgements of the account", customer.standings().status(),
                              Judged(customer.standings()), /*more=*/false,
                              Standings(customer.standings(), width)));
  absl::StrAppend(&text, Part("Numbers", customer.numbers().status(), 1, /*more=*/false,
                              Numbers(customer.numbers())));
  return text;
}

}  // namespace

void AddCustomerCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<CustomerFlags>();
  CLI::App* customer =
      app->add_subcommand("customer", "All that the services know about an account");
  customer->add_option("account", flags->name, "accounts/…")->required();
  customer->add_option("--lens", flags->lens, "Whose view (default: your department)");
  customer->footer(
      "Example:\n  comity customer accounts/0190… --lens support\n"
      "A part whose service is slow or away says so; the others are complete.");
  customer->callback([=] {
    context->action = [=] {
      gateway::v1::GetCustomerRequest request;
      request.set_name(flags->name);
      request.set_lens(FullLens(flags->lens));
      return context->Run<gateway::v1::Customer>("comity.gateway.v1.CustomerService/GetCustomer",
                                                 request, ShowCustomer);
    };
  });
}

}  // namespace comity::client
