// comity charter delegate, delegations, revoke: who signs in a steward's place.
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/charter/delegation_text.h"
#include "services/client/charter/steward_key.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::CharterDelegation;

struct DelegationFlags {
  std::string name;
  std::string delegate;
  std::string delegate_key;
  std::string until;
  std::string key;
  std::string department;
  std::string page_token;
  int page_size = 0;
  bool all = false;
  bool dry_run = false;
};

// `persons/deb` of `deb`, and the like.
std::string Named(const char* collection, const std::string& text) {
  return absl::StrContains(text, '/') ? text : absl::StrCat(collection, "/", text);
}

absl::Status RunDelegate(Context& context, const DelegationFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const absl::Time until, ParseInstant(flags.until));
  COMITY_RETURN_IF_ERROR(context.Connect());
  const std::string path =
      flags.key.empty() ? StewardKeyPath(context.profile(), context.as()) : flags.key;
  COMITY_ASSIGN_OR_RETURN(const identity::PrivateKey key, ReadStewardKey(path, context.as()));
  gateway::v1::DelegateSignatureRequest request;
  COMITY_ASSIGN_OR_RETURN(*request.mutable_signed_delegation(),
                          SignDelegation(key, context.as(), Named("persons", flags.delegate),
                                         flags.delegate_key, absl::Now(), until));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  COMITY_ASSIGN_OR_RETURN(const auto delegation,
                          context.caller().Ask<CharterDelegation>(
                              context.as(), absl::StrCat(kCharter, "DelegateSignature"), request));
  if (context.for_machines()) return context.PrintMessage(delegation);
  return context.Print(flags.dry_run ? "checked: it can be delegated; nothing was\n"
                                     : ShowDelegation(delegation));
}

absl::Status RunDelegations(Context& context, const DelegationFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListDelegationsRequest request;
  if (!flags.department.empty()) {
    request.set_filter(absl::StrCat("department = ", Named("departments", flags.department)));
  }
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kCharter, "ListDelegations"), flags.all, &request));
  const auto& reply = static_cast<const gateway::v1::ListDelegationsResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(ShowDelegations(reply, TerminalWidth())));
  return context.PrintMore(reply);
}

absl::Status RunDelegation(Context& context, const DelegationFlags& flags) {
  gateway::v1::GetDelegationRequest request;
  request.set_name(Named("charterDelegations", flags.name));
  return context.Run<CharterDelegation>(absl::StrCat(kCharter, "GetDelegation"), request,
                                        ShowDelegation);
}

absl::Status RunRevoke(Context& context, const DelegationFlags& flags) {
  gateway::v1::RevokeDelegationRequest request;
  request.set_name(Named("charterDelegations", flags.name));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  return context.Run<CharterDelegation>(absl::StrCat(kCharter, "RevokeDelegation"), request,
                                        ShowDelegation);
}

void AddDelegate(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<DelegationFlags>();
  CLI::App* delegate = charter->add_subcommand(
      "delegate", "Lets another person of your department sign proposals for it, until a time");
  delegate->add_option("person", flags->delegate, "Who may sign, e.g. ana")->required();
  delegate
      ->add_option("--delegate-key", flags->delegate_key,
                   "That person's public key, as `comity keys new` printed it")
      ->required();
  delegate->add_option("--until", flags->until, "A day or an instant, at most 92 days from now")
      ->required();
  delegate->add_option("--key", flags->key, "Your key (default: as of `keys new`)");
  delegate->add_flag("--dry-run", flags->dry_run, "Checks it, and delegates nothing");
  delegate->footer(
      "Example:\n  comity charter delegate ana --delegate-key 3rT0… --until 2027-01-15 --as "
      "sam@sales\nBy a steward whose key the charter knows. It gives no right to decide as the "
      "arbiter, to sign a change of the department's keys or what you propose where there is "
      "another steward, or to delegate further. `comity charter revoke` ends it before its time.");
  delegate->callback([=] { context->action = [=] { return RunDelegate(*context, *flags); }; });
}

void AddDelegations(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<DelegationFlags>();
  CLI::App* list = charter->add_subcommand(
      "delegations", "Who may sign in whose place, the latest first: also what stands no more");
  list->add_option("--department", flags->department, "Of one department, e.g. sales");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  list->footer("Example:\n  comity charter delegations --department sales");
  list->callback([=] { context->action = [=] { return RunDelegations(*context, *flags); }; });
  const auto one = std::make_shared<DelegationFlags>();
  CLI::App* show = charter->add_subcommand("delegation", "One delegation");
  show->add_option("delegation", one->name, "charterDelegations/…")->required();
  show->footer("Example:\n  comity charter delegation charterDelegations/0190…");
  show->callback([=] { context->action = [=] { return RunDelegation(*context, *one); }; });
}

void AddRevoke(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<DelegationFlags>();
  CLI::App* revoke =
      charter->add_subcommand("revoke", "Ends a delegation of your department before its time");
  revoke->add_option("delegation", flags->name, "charterDelegations/…")->required();
  revoke->add_flag("--dry-run", flags->dry_run, "Says whether it could be, and ends nothing");
  revoke->footer(
      "Example:\n  comity charter revoke charterDelegations/0190… --as sam@sales\n"
      "By any steward of the department. What was signed by it before stays signed.");
  revoke->callback([=] { context->action = [=] { return RunRevoke(*context, *flags); }; });
}

}  // namespace

void AddDelegationCommands(CLI::App* charter, Context* context) {
  AddDelegate(charter, context);
  AddDelegations(charter, context);
  AddRevoke(charter, context);
}

}  // namespace comity::client
