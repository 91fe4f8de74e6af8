#include "services/client/demo/story.h"

#include "absl/strings/str_cat.h"

namespace comity::client {
namespace {

constexpr char kAna[] = "ana@sales";
constexpr char kSam[] = "sam@sales";
constexpr char kMia[] = "mia@marketing";
constexpr char kSue[] = "sue@support";
constexpr char kMax[] = "max@management";
constexpr char kIda[] = "ida@it";

StoryAct TwoJudgements() {
  StoryAct act{"One lead, two judgements", {}};
  act.steps.push_back(
      {"lead-created",
       "Marketing has met somebody at the fair.",
       kMia,
       {"lead", "create", "--set", "given_name=Edith", "--set", "family_name=Clarke", "--set",
        "organization=Clarke Turbines", "--set", "source=trade-fair", "--output", "name"},
       {{"lead", "leads", ""}},
       {}});
  act.steps.push_back({"met",
                       "What happened is a fact, the same for all.",
                       kMia,
                       {"fact", "record", "$lead", "--kind", "meeting", "--summary",
                        "At our stand: wants an offer for forty seats"},
                       {},
                       {}});
  act.steps.push_back({"judged-by-marketing",
                       "What it means is a judgement. Marketing says qualified:",
                       kMia,
                       {"judge", "$lead", "--question", "lead-quality", "--answer", "qualified",
                        "--reason", "need-confirmed"},
                       {},
                       {}});
  act.steps.push_back({"judged-by-sales",
                       "Sales does not, and changes nothing of what marketing holds:",
                       kAna,
                       {"judge", "$lead", "--question", "lead-quality", "--answer", "disqualified",
                        "--reason", "no-budget"},
                       {},
                       {}});
  act.steps.push_back({"standing-disagrees",
                       "Both stand. What the organisation holds follows by the charter's rule.",
                       kAna,
                       {"standing", "$lead"},
                       {},
                       {}});
  return act;
}

StoryStep OfferOfLead(const char* id, const char* told, const char* who_decides, const char* name) {
  return {id,
          told,
          kMia,
          {"handover", "offer", "qualified-lead", "$lead", "--answer", "A CRM for forty people",
           "--answer", who_decides, "--answer", "A demonstration next week"},
          {{name, "handovers", ""}},
          {}};
}

void AddOffers(StoryAct* act) {
  act->steps.push_back(OfferOfLead("offered", "Work passes when the other department says yes.",
                                   "Not known yet", "first"));
  act->steps.push_back(
      {"offer-returned",
       "Sales says no, and why: by one of the reasons that both have agreed on.",
       kAna,
       {"handover", "return", "$first", "--reason", "incomplete", "--note", "Who decides?"},
       {},
       {2, 3}});
  act->steps.push_back(OfferOfLead("offered-again", "Marketing asks, and offers it again.",
                                   "Ms Clarke herself, by phone", "second"));
  act->steps.push_back({"offer-accepted",
                        "Now sales is responsible, and its own clock runs.",
                        kAna,
                        {"handover", "accept", "$second"},
                        {},
                        {3, 3}});
  act->steps.push_back({"sales-acts",
                        "It acts,",
                        kAna,
                        {"fact", "record", "$lead", "--kind", "call", "--summary",
                         "Ms Clarke has 48,000 from May on"},
                        {},
                        {}});
  act->steps.push_back({"sales-changes-its-mind",
                        "and changes its mind. What it held before stays in the history.",
                        kAna,
                        {"judge", "$lead", "--question", "lead-quality", "--answer", "qualified",
                         "--reason", "budget-confirmed"},
                        {},
                        {}});
}

void AddLateLead(StoryAct* act) {
  act->steps.push_back(
      {"late-lead-created",
       "Meanwhile marketing offers another lead, by an agreement of seconds.",
       kMia,
       {"lead", "create", "--set", "given_name=Hertha", "--set", "family_name=Ayrton", "--set",
        "organization=Ayrton Lamps", "--set", "source=web-form", "--output", "name"},
       {{"late", "leads", ""}},
       {}});
  act->steps.push_back(
      {"left-unanswered",
       "Nobody at sales answers. Its clock runs on while the story goes on.",
       kMia,
       {"handover", "offer", "demonstration-lead", "$late", "--answer", "Carbon rods, this week"},
       {{"offer", "handovers", ""}},
       {}});
}

StoryAct OfferedTwice() {
  StoryAct act{"Offered, returned with a reason, offered again", {}};
  AddOffers(&act);
  AddLateLead(&act);
  return act;
}

void AddRefusal(StoryAct* act) {
  act->steps.push_back(
      {"charter-exported",
       "Management counts more losses than sales, and wants to decide what is lost.",
       kMax,
       {"charter", "export", "--out", "$file"},
       {},
       {},
       Awaited::kNoRevisionUnderWay});
  act->steps.push_back({"proposed",
                        "Edited, with management as the decider of questions/opportunity-outcome:",
                        kMax,
                        {"charter", "propose", "$far", "--title", "Management decides what is lost",
                         "--reason", "Sales keeps lost deals in the pipeline"},
                        {{"proposal", "charterProposals", ""}},
                        {}});
  act->steps.push_back({"previewed",
                        "Before anybody signs, the record itself says what that would change.",
                        kMax,
                        {"charter", "preview", "$proposal"},
                        {},
                        {2, 11}});
  act->steps.push_back({"refused",
                        "Sales does not agree. Nobody can enact it without sales.",
                        kSam,
                        {"charter", "refuse", "$proposal", "--reason",
                         "Most losses were judged by us alone: they would be open again"},
                        {},
                        {}});
}

void AddAmendment(StoryAct* act) {
  act->steps.push_back(
      {"amended",
       "Management changes the text: sales decides, by other words. No signature "
       "of before would count.",
       kMax,
       {"charter", "amend", "$proposal", "$near", "--title", "Lost after $days days of silence",
        "--reason", "What sales and management can both live with"},
       {},
       {}});
  act->steps.push_back({"previewed-again",
                        "By that no number moves.",
                        kMax,
                        {"charter", "preview", "$proposal"},
                        {},
                        {4, 0}});
}

void AddSignatures(StoryAct* act) {
  act->steps.push_back({"signed",
                        "Each department that it touches signs, by its steward's own key.",
                        "",
                        {"charter", "sign", "$proposal", "--yes"},
                        {},
                        {0, 1}});
  act->steps.push_back({"signed-by-all",
                        "Sales can live with it, and is the last one.",
                        kSam,
                        {"charter", "sign", "$proposal", "--yes"},
                        {},
                        {0, 3}});
  act->steps.push_back(
      {"comes-into-force",
       "All services have verified and stored it. It is in force at one time, told "
       "beforehand, everywhere.",
       kMax,
       {"charter", "log"},
       {},
       {3, 0},
       Awaited::kRevisionAnnounced});
}

StoryAct WordRenegotiated() {
  StoryAct act{"A word is renegotiated", {}};
  AddRefusal(&act);
  AddAmendment(&act);
  AddSignatures(&act);
  return act;
}

void AddWin(StoryAct* act) {
  act->steps.push_back({"converted",
                        "The lead becomes an opportunity, with an account and a contact.",
                        kAna,
                        {"convert", "$lead", "--amount", "48000 EUR"},
                        {{"opportunity", "opportunities", ""}, {"account", "accounts", ""}},
                        {}});
  act->steps.push_back({"credit-foreseen",
                        "Before it closes all can see how its credit will be split, and why.",
                        kMia,
                        {"credit", "$opportunity"},
                        {},
                        {15, 0}});
  act->steps.push_back({"won",
                        "Signed: won, in every lens.",
                        kAna,
                        {"fact", "record", "$opportunity", "--kind", "signed"},
                        {},
                        {}});
  act->steps.push_back({"statement-drawn",
                        "The signature draws the statement, by the rule that was in force before.",
                        kMia,
                        {"credit", "show", "$statement"},
                        {},
                        {7, 0},
                        Awaited::kStatementDrawn});
}

void AddObjection(StoryAct* act) {
  act->steps.push_back({"evidence-found",
                        "Marketing does not accept it. Its evidence is in the journal.",
                        kMia,
                        {"history", "$lead"},
                        {{"position", "", "meeting"}},
                        {}});
  act->steps.push_back({"dispute-opened",
                        "It objects formally, and gets an answer:",
                        kMia,
                        {"dispute", "open", "$statement", "--reason", "touch-underrated", "--note",
                         "Without our stand there was no deal", "--evidence",
                         "lead:$position:the meeting at the fair"},
                        {{"dispute", "disputes", ""}},
                        {}});
  act->steps.push_back(
      {"dispute-answered",
       "from sales,",
       kAna,
       {"dispute", "answer", "$dispute", "--note", "The fair was a talk; we found the budget"},
       {},
       {1, 3}});
}

void AddDecisions(StoryAct* act) {
  act->steps.push_back(
      {"dispute-decided",
       "a decision by the charter's first arbiter, who is no party,",
       kMax,
       {"dispute", "decide", "$dispute", "--verdict", "upheld", "--reason", "first-touch-made-it",
        "--split", "sales=3000", "--split", "marketing=7000"},
       {},
       {1, 2}});
  act->steps.push_back({"dispute-appealed",
                        "one appeal,",
                        kSam,
                        {"dispute", "appeal", "$dispute", "--reason", "call-overlooked", "--note",
                         "The budget came up in our call"},
                        {},
                        {1, 3}});
  act->steps.push_back({"appeal-decided",
                        "and an end.",
                        kIda,
                        {"dispute", "decide", "$dispute", "--verdict", "partly", "--reason",
                         "both-needed", "--split", "sales=4500", "--split", "marketing=5500"},
                        {},
                        {1, 2}});
}

void AddNewStatement(StoryAct* act) {
  act->steps.push_back(
      {"statement-reversed",
       "The statement is reversed, and one by the decision drawn: nothing is erased.",
       kMia,
       {"credit", "list", "--filter", "opportunity = \"$opportunity\""},
       {},
       {},
       Awaited::kStatementDrawnAnew});
  act->steps.push_back({"statement-anew", "", kMia, {"credit", "show", "$anew"}, {}, {6, 0}});
}

void AddOnboarding(StoryAct* act) {
  act->steps.push_back({"customer-accepted",
                        "The signature has also offered the customer to support, which accepts",
                        kSue,
                        {"handover", "accept", "$onboarding"},
                        {},
                        {3, 3},
                        Awaited::kAccountOffered});
  act->steps.push_back(
      {"support-acts",
       "and calls.",
       kSue,
       {"fact", "record", "$account", "--kind", "call", "--summary", "Said who to ask, and how"},
       {},
       {}});
}

StoryAct CreditDisputed() {
  StoryAct act{"Whose deal it was", {}};
  AddWin(&act);
  AddObjection(&act);
  AddDecisions(&act);
  AddNewStatement(&act);
  AddOnboarding(&act);
  return act;
}

StoryAct NobodyAnswered() {
  StoryAct act{"Nobody answered", {}};
  act.steps.push_back({"escalated",
                       "The second lead's clock has warned, run out, and been escalated:",
                       kMia,
                       {"handover", "show", "$offer"},
                       {},
                       {},
                       Awaited::kOfferEscalated});
  act.steps.push_back({"escalation-seen",
                       "Management sees it. The work stays where it is, until somebody answers.",
                       kMax,
                       {"handover", "list", "--filter",
                        "escalated_to = departments/management AND subject = \"$late\""},
                       {},
                       {}});
  act.steps.push_back(
      {"answered-late",
       "Sales does, too late.",
       kAna,
       {"handover", "return", "$offer", "--reason", "too-late", "--note", "They bought on Tuesday"},
       {},
       {2, 3}});
  act.steps.push_back(
      {"timeline",
       "One timeline over all services: who was responsible when, and what was late.",
       kMax,
       {"timeline", "$late"},
       {},
       {}});
  return act;
}

StoryAct InForce() {
  StoryAct act{"The words that all have signed", {}};
  act.steps.push_back({"in-force",
                       "The new revision is in force, at the time that was told:",
                       kSam,
                       {"charter", "log"},
                       {},
                       {3, 0},
                       Awaited::kRevisionInForce});
  act.steps.push_back({"words-differ",
                       "What it says otherwise:",
                       kSam,
                       {"charter", "diff", "$base", "$next"},
                       {},
                       {}});
  act.steps.push_back(
      {"standing-agrees", "And of the first lead:", kAna, {"standing", "$lead"}, {}, {}});
  return act;
}

}  // namespace

std::vector<StoryAct> TellStory() {
  return {TwoJudgements(),  OfferedTwice(),   WordRenegotiated(),
          CreditDisputed(), NobodyAnswered(), InForce()};
}

}  // namespace comity::client
