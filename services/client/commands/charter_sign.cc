// comity charter sign: signs what it shows, with the steward's own key.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/charter/delegation_text.h"
#include "services/client/charter/proposal_text.h"
#include "services/client/charter/steward_key.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/commands/operation.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using google::longrunning::Operation;

struct SignFlags {
  std::string name;
  std::string key;
  bool decide = false;
  bool as_delegate = false;
  bool dry_run = false;
  bool yes = false;
  bool no_wait = false;
};

// Whoever is not asked has said so: nothing is signed because nobody could be.
absl::Status CheckMayAsk(const SignFlags& flags) {
  if (flags.yes || flags.dry_run) return absl::OkStatus();
  if (isatty(STDIN_FILENO) == 1 && ErrorsAreTerminal()) return absl::OkStatus();
  return InvalidField("USAGE", "--yes",
                      "there is no terminal to ask at, and nothing was signed: `--yes` signs "
                      "without asking");
}

// A person at a terminal has read the proposal just now.
absl::Status Confirm(const Context& context, const SignFlags& flags) {
  if (flags.yes || flags.dry_run) return absl::OkStatus();
  std::fprintf(stderr, "Sign this as %s? [y/N] ", context.as().ToText().c_str());
  std::string answer;
  std::getline(std::cin, answer);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  if (answer == "y" || answer == "yes") return absl::OkStatus();
  return MakeError(absl::StatusCode::kCancelled, "NOT_SIGNED", "nothing was signed");
}

// What a steward has signed for whoever has this key. NOT_FOUND reason DELEGATION_MISSING.
absl::StatusOr<charter::v1::SignedDelegation> FetchDelegation(Context& context,
                                                              const identity::PrivateKey& key) {
  COMITY_ASSIGN_OR_RETURN(const type::v1::StewardKey entry, KeyEntry(key, context.as()));
  gateway::v1::ListDelegationsRequest request;
  request.set_filter(absl::StrCat("department = ", context.as().department));
  request.set_page_size(500);
  COMITY_ASSIGN_OR_RETURN(
      const auto list,
      context.FetchList(absl::StrCat(kCharter, "ListDelegations"), /*all=*/true, &request));
  const auto* found = FindStanding(static_cast<const gateway::v1::ListDelegationsResponse&>(*list),
                                   entry.person(), entry.public_key());
  if (found != nullptr) return found->signed_delegation();
  return MakeError(absl::StatusCode::kNotFound, "DELEGATION_MISSING",
                   absl::StrCat("no steward lets ", context.as().ToText(),
                                " sign with this key now: `comity charter delegations` shows what "
                                "there is, `comity charter delegate` is the steward's to say"));
}

absl::StatusOr<charter::v1::Signature> SignInPlace(Context& context, const SignFlags& flags,
                                                   const identity::PrivateKey& key,
                                                   const std::string& body) {
  if (!flags.as_delegate) {
    return SignBody(key, context.as(), body,
                    flags.decide ? charter::v1::VERDICT_DECIDE : charter::v1::VERDICT_SIGN);
  }
  COMITY_ASSIGN_OR_RETURN(const auto delegation, FetchDelegation(context, key));
  return SignBodyBy(delegation, key, context.as(), body, absl::Now());
}

// Signs the body that was read, and checks the signature as each service will.
absl::StatusOr<charter::v1::Signature> Sign(Context& context, const SignFlags& flags,
                                            const BaseText& base, const Review& review) {
  const std::string path =
      flags.key.empty() ? StewardKeyPath(context.profile(), context.as()) : flags.key;
  COMITY_ASSIGN_OR_RETURN(const identity::PrivateKey key, ReadStewardKey(path, context.as()));
  const std::string& body = review.proposal.body();
  COMITY_ASSIGN_OR_RETURN(charter::v1::Signature signature, SignInPlace(context, flags, key, body));
  COMITY_RETURN_IF_ERROR(charter::CheckSignature(base.base(), review.body, body, signature));
  return signature;
}

template <typename Request>
absl::StatusOr<CharterProposal> SendBy(Context& context, const SignFlags& flags, const char* method,
                                       charter::v1::Signature signature) {
  Request request;
  request.set_name(ProposalName(flags.name));
  *request.mutable_signature() = std::move(signature);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  return context.caller().Ask<CharterProposal>(context.as(), absl::StrCat(kCharter, method),
                                               request);
}

absl::StatusOr<CharterProposal> Send(Context& context, const SignFlags& flags,
                                     charter::v1::Signature signature) {
  if (flags.as_delegate) {
    return SendBy<gateway::v1::SignAsDelegateRequest>(context, flags, "SignAsDelegate",
                                                      std::move(signature));
  }
  return SendBy<gateway::v1::SignProposalRequest>(context, flags, "SignProposal",
                                                  std::move(signature));
}

// Waits until all services have it. The proposal then says from when on it is in force.
absl::StatusOr<CharterProposal> AwaitEnactment(Context& context, const CharterProposal& proposal) {
  google::longrunning::GetOperationRequest request;
  request.set_name(proposal.workflow());
  COMITY_ASSIGN_OR_RETURN(Operation operation,
                          context.caller().Ask<Operation>(
                              context.as(), absl::StrCat(kWorkflows, "GetOperation"), request));
  COMITY_ASSIGN_OR_RETURN(operation, Await(context, std::move(operation)));
  if (operation.has_error()) return FromRpcStatus(operation.error());
  return FetchProposal(context, proposal.name());
}

std::string ShowSigned(const CharterProposal& proposal, const Identity& as) {
  std::string text = absl::StrCat("signed as ", as.ToText(), "; ", HowFar(proposal), "\n");
  if (proposal.has_effective_time()) {
    absl::StrAppend(&text, "Revision ", proposal.base_revision() + 1, " is in force from ",
                    FormatTime(proposal.effective_time()), " UTC on.\n");
  }
  return text;
}

absl::Status Finish(Context& context, const SignFlags& flags, CharterProposal proposal) {
  if (proposal.state() == gateway::v1::CHARTER_PROPOSAL_STATE_SIGNED) {
    if (!context.for_machines()) {
      COMITY_RETURN_IF_ERROR(context.Print(absl::StrCat(
          "That was the last one: ", proposal.workflow(), " brings it to the services.\n")));
    }
    if (!flags.no_wait) {
      COMITY_ASSIGN_OR_RETURN(proposal, AwaitEnactment(context, proposal));
    }
  }
  return context.for_machines() ? context.PrintMessage(proposal)
                                : context.Print(ShowSigned(proposal, context.as()));
}

absl::Status RunSign(Context& context, const SignFlags& flags) {
  COMITY_RETURN_IF_ERROR(CheckMayAsk(flags));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const ReviewedText text, FetchReviewedText(context, flags.name));
  if (!context.for_machines()) {
    COMITY_RETURN_IF_ERROR(
        context.Print(absl::StrCat(ShowReview(text.review, TerminalWidth()), "\n")));
  }
  COMITY_ASSIGN_OR_RETURN(charter::v1::Signature signature,
                          Sign(context, flags, text.base, text.review));
  COMITY_RETURN_IF_ERROR(Confirm(context, flags));
  COMITY_ASSIGN_OR_RETURN(CharterProposal proposal, Send(context, flags, std::move(signature)));
  if (!flags.dry_run) return Finish(context, flags, std::move(proposal));
  return context.for_machines() ? context.PrintMessage(proposal)
                                : context.Print("checked: it can be signed; nothing was\n");
}

}  // namespace

void AddSignCommand(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<SignFlags>();
  CLI::App* sign = charter->add_subcommand(
      "sign", "Shows a proposal and signs it for your department, with your own key");
  sign->add_option("proposal", flags->name, "charterProposals/…")->required();
  sign->add_option("--key", flags->key,
                   "Your key (default: keys/PERSON.pem beside the profile, or where it says)");
  CLI::Option* decide = sign->add_flag(
      "--decide", flags->decide, "As the arbiter, after the term, over those that have not signed");
  sign->add_flag("--as-delegate", flags->as_delegate,
                 "In the place of a steward who lets you: see `comity charter delegate`")
      ->excludes(decide);
  sign->add_flag("--dry-run", flags->dry_run, "Checks key and signature, and signs nothing");
  sign->add_flag("--yes,-y", flags->yes, "Signs without asking; needed where there is no terminal");
  sign->add_flag("--no-wait", flags->no_wait,
                 "After the last signature: does not wait until the services have it");
  sign->footer(
      "Example:\n  comity charter sign charterProposals/0190… --as mia@marketing\n"
      "Digest, departments and the charter that it changes are computed here, from what is "
      "signed. `comity keys` makes keys.");
  sign->callback([=] { context->action = [=] { return RunSign(*context, *flags); }; });
}

}  // namespace comity::client
