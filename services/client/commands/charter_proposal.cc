// comity charter propose, amend, preview, proposals, proposal, refuse, comment, withdraw.
#include <memory>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/charter/charter_file.h"
#include "services/client/charter/charter_text.h"
#include "services/client/charter/preview_text.h"
#include "services/client/charter/proposal_text.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/output/terminal.h"
#include "services/client/output/text.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using type::v1::Charter;

struct ProposalFlags {
  std::string name;
  std::string file;
  std::string title;
  std::string reason;
  std::string text;
  std::string filter;
  std::string page_token;
  int page_size = 0;
  bool all = false;
  bool dry_run = false;
  bool stored = false;
};

absl::StatusOr<CharterProposal> Send(Context& context, absl::string_view method,
                                     const google::protobuf::Message& request) {
  return context.caller().Ask<CharterProposal>(context.as(), absl::StrCat(kCharter, method),
                                               request);
}

// What a file made of the charter it was exported from, and whom that touches.
absl::Status PrintProposed(Context& context, const CharterProposal& proposal,
                           const Charter& document, bool dry_run) {
  if (context.for_machines()) return context.PrintMessage(proposal);
  COMITY_ASSIGN_OR_RETURN(const Charter base, FetchRevision(context, proposal.base_revision()));
  const std::string changes = ShowDifferences(Differences(base, document));
  return context.Print(
      absl::StrCat(dry_run ? "checked; nothing was proposed"
                           : absl::StrCat(proposal.name(), ": ", OneLine(proposal.title())),
                   "\nIt touches ", DepartmentList(proposal.affected()), ".\n\n",
                   changes.empty() ? "It changes no word.\n" : changes, dry_run ? "" : "\n",
                   dry_run ? "" : WhatNext(proposal)));
}

absl::Status RunPropose(Context& context, const ProposalFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const Charter document, ReadCharterFile(flags.file));
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::CreateProposalRequest request;
  *request.mutable_document() = document;
  request.set_title(flags.title);
  request.set_reason(flags.reason);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  COMITY_ASSIGN_OR_RETURN(const CharterProposal proposal, Send(context, "CreateProposal", request));
  return PrintProposed(context, proposal, document, flags.dry_run);
}

absl::Status RunAmend(Context& context, const ProposalFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const Charter document, ReadCharterFile(flags.file));
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::AmendProposalRequest request;
  request.set_name(ProposalName(flags.name));
  *request.mutable_document() = document;
  request.set_title(flags.title);
  request.set_reason(flags.reason);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  COMITY_ASSIGN_OR_RETURN(const CharterProposal proposal, Send(context, "AmendProposal", request));
  return PrintProposed(context, proposal, document, flags.dry_run);
}

// The one that is kept with the proposal, or a new one.
absl::StatusOr<CharterProposal> Previewed(Context& context, const ProposalFlags& flags) {
  if (flags.stored) return FetchProposal(context, flags.name);
  gateway::v1::PreviewProposalRequest request;
  request.set_name(ProposalName(flags.name));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.dry_run);
  return Send(context, "PreviewProposal", request);
}

absl::Status RunPreview(Context& context, const ProposalFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const CharterProposal proposal, Previewed(context, flags));
  if (context.output == "name") return context.PrintMessage(proposal);
  if (context.for_machines()) return context.PrintMessage(proposal.preview());
  if (!proposal.has_preview()) return context.Print(PreviewHeadline(proposal));
  return context.Print(ShowPreview(proposal, TerminalWidth()));
}

absl::Status RunProposals(Context& context, const ProposalFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListProposalsRequest request;
  request.set_filter(flags.filter);
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kCharter, "ListProposals"), flags.all, &request));
  const auto& reply = static_cast<const gateway::v1::ListProposalsResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(ShowProposals(reply, TerminalWidth())));
  return context.PrintMore(reply);
}

absl::Status RunProposal(Context& context, const ProposalFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const Review review, FetchReview(context, flags.name));
  if (context.for_machines()) return context.PrintMessage(review.proposal);
  const std::string next = WhatNext(review.proposal);
  return context.Print(
      absl::StrCat(ShowReview(review, TerminalWidth()), next.empty() ? "" : "\n", next));
}

std::string ShowState(const CharterProposal& proposal) {
  return absl::StrCat(proposal.name(), ": ", StateName(proposal), "; ", HowFar(proposal), "\n");
}

// Sends what is said of a proposal.
template <typename Request>
absl::Status Say(Context& context, const ProposalFlags& flags, absl::string_view method,
                 Request request) {
  request.set_name(ProposalName(flags.name));
  request.set_request_id(RandomRequestId());
  return context.Run<CharterProposal>(absl::StrCat(kCharter, method), request, ShowState);
}

absl::Status RunRefuse(Context& context, const ProposalFlags& flags) {
  gateway::v1::RefuseProposalRequest request;
  request.set_reason(flags.reason);
  return Say(context, flags, "RefuseProposal", std::move(request));
}

absl::Status RunComment(Context& context, const ProposalFlags& flags) {
  gateway::v1::CommentOnProposalRequest request;
  request.set_text(flags.text);
  return Say(context, flags, "CommentOnProposal", std::move(request));
}

absl::Status RunWithdraw(Context& context, const ProposalFlags& flags) {
  return Say(context, flags, "WithdrawProposal", gateway::v1::WithdrawProposalRequest());
}

using Flags = std::shared_ptr<ProposalFlags>;
using Act = absl::Status (*)(Context&, const ProposalFlags&);

CLI::App* Verb(CLI::App* charter, Context* context, const Flags& flags, const char* name,
               const char* help, const char* footer, Act act) {
  CLI::App* verb = charter->add_subcommand(name, help);
  verb->footer(footer);
  verb->callback([=] { context->action = [=] { return act(*context, *flags); }; });
  return verb;
}

void AddName(CLI::App* verb, const Flags& flags) {
  verb->add_option("proposal", flags->name, "charterProposals/…")->required();
}

void AddPropose(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<ProposalFlags>();
  CLI::App* propose = Verb(
      charter, context, flags, "propose", "Proposes an edited charter to those whom it touches",
      "Examples:\n  comity charter propose charter.yaml --title 'Nurture means a year' --dry-run\n"
      "  comity charter propose charter.yaml --title 'Nurture means a year' --reason 'Half a year "
      "is too short for schools' --as mia@marketing\n"
      "The file is that of `comity charter export`, edited. By a steward; each department that it "
      "touches signs it.",
      RunPropose);
  propose->add_option("file", flags->file, "An exported and edited charter")->required();
  propose->add_option("--title", flags->title, "What it is about, in a line")->required();
  propose->add_option("--reason,-r", flags->reason, "Why, in words");
  propose->add_flag("--dry-run", flags->dry_run, "Says whom it touches, and proposes nothing");
}

void AddAmend(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<ProposalFlags>();
  CLI::App* amend =
      Verb(charter, context, flags, "amend", "Gives an open proposal another text",
           "Example:\n  comity charter amend charterProposals/0190… charter.yaml --as "
           "mia@marketing\nBy its author's department. What was signed before is void.",
           RunAmend);
  AddName(amend, flags);
  amend->add_option("file", flags->file, "The charter as it is to be")->required();
  amend->add_option("--title", flags->title, "A new title (default: as it was)");
  amend->add_option("--reason,-r", flags->reason, "A new reason (default: as it was)");
  amend->add_flag("--dry-run", flags->dry_run, "Says whom it touches, and amends nothing");
}

void AddPreview(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<ProposalFlags>();
  CLI::App* preview = Verb(charter, context, flags, "preview",
                           "What an open proposal would change: answers, reports, open handovers",
                           "Examples:\n  comity charter preview charterProposals/0190…\n"
                           "  comity charter preview --stored charterProposals/0190… -o json\n"
                           "Computed from the record as it is now, and kept with the proposal.",
                           RunPreview);
  AddName(preview, flags);
  preview->add_flag("--stored", flags->stored, "The last one that was computed, as it was");
  preview->add_flag("--dry-run", flags->dry_run, "Computes it, and keeps nothing");
}

void AddLists(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<ProposalFlags>();
  CLI::App* list =
      Verb(charter, context, flags, "proposals", "Proposals, the latest first",
           "Examples:\n  comity charter proposals --filter state=OPEN\n"
           "  comity charter proposals --all -o json\n"
           "Filters: state (OPEN, SIGNED, ENACTED, WITHDRAWN; stale ones are among the open).",
           RunProposals);
  list->add_option("--filter", flags->filter, "By state, e.g. state=OPEN");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  const auto one = std::make_shared<ProposalFlags>();
  AddName(Verb(charter, context, one, "proposal",
               "One proposal: who has signed, who does not agree, what it changes",
               "Example:\n  comity charter proposal charterProposals/0190…", RunProposal),
          one);
}

void AddSayings(CLI::App* charter, Context* context) {
  const auto refusal = std::make_shared<ProposalFlags>();
  CLI::App* refuse =
      Verb(charter, context, refusal, "refuse", "Says that your department does not agree, and why",
           "Example:\n  comity charter refuse charterProposals/0190… --reason 'We count on half a "
           "year' --as sam@sales\nThe department may still sign it later.",
           RunRefuse);
  AddName(refuse, refusal);
  refuse->add_option("--reason,-r", refusal->reason, "Why, in words")->required();
  const auto saying = std::make_shared<ProposalFlags>();
  CLI::App* comment =
      Verb(charter, context, saying, "comment", "Says something of an open proposal",
           "Example:\n  comity charter comment charterProposals/0190… 'What of the schools?'",
           RunComment);
  AddName(comment, saying);
  comment->add_option("text", saying->text, "What is said")->required();
  const auto taken = std::make_shared<ProposalFlags>();
  AddName(
      Verb(charter, context, taken, "withdraw", "Takes an open proposal of your department back",
           "Example:\n  comity charter withdraw charterProposals/0190… --as mia@marketing",
           RunWithdraw),
      taken);
}

}  // namespace

void AddProposalCommands(CLI::App* charter, Context* context) {
  AddPropose(charter, context);
  AddAmend(charter, context);
  AddPreview(charter, context);
  AddLists(charter, context);
  AddSayings(charter, context);
}

}  // namespace comity::client
