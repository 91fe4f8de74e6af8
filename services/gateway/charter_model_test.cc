// Random courses of proposals, delegations, signatures and forgeries, by the rules of the gateway
// and the check of every service, against an oracle that was written from the design's words.
#include <algorithm>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/gateway/charter_delegation_rules.h"
#include "services/gateway/charter_oracle.h"
#include "services/gateway/charter_proposal_rules.h"
#include "services/runtime/charter/signing_test_keys.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::gateway {
namespace {

using charter::v1::Signature;

constexpr int kCourses = 1500;  // of the default run
constexpr int kSteps = 26;
constexpr int kServices = 4;
constexpr absl::Duration kMostApart = absl::Minutes(2);  // clocks, from the true time
// A delegation is not outlived by more, even where the gateway's clock is put back: clocks apart,
// and a step in which services follow.
constexpr absl::Duration kSlack = absl::Minutes(4);
constexpr absl::Time kBegin = absl::FromUnixSeconds(1'800'000'000);

// `sam@sales`, in parts.
std::string PersonOf(const std::string& who) {
  return absl::StrCat("persons/", who.substr(0, who.find('@')));
}
std::string DepartmentIn(const std::string& who) {
  return absl::StrCat("departments/", who.substr(who.find('@') + 1));
}

charter::TestKeys& Keys() {
  static auto* const keys = new charter::TestKeys;
  return *keys;
}

type::v1::Charter ModelCharter() {
  type::v1::Charter document;
  document.set_revision(1);
  for (const char* department : {"sales", "marketing", "support", "management"}) {
    document.add_departments(absl::StrCat("departments/", department));
  }
  for (const char* who : {"sam@sales", "ana@sales", "mia@marketing", "sue@support", "sol@support",
                          "max@management"}) {
    Keys().Register(who, &document);
  }
  document.set_arbiter("departments/management");
  document.set_arbiter_term_days(3);
  for (const auto& [name, other] : {std::pair("questions/leads", "departments/marketing"),
                                    std::pair("questions/cases", "departments/support")}) {
    auto& question = *document.add_questions();
    question.set_name(name);
    question.set_collection("leads");
    question.add_voices("departments/sales");
    question.add_voices(other);
    question.set_decider("departments/sales");
    auto& answer = *question.add_answers();
    answer.set_id("yes");
    answer.set_criteria("So it is.");
  }
  return document;
}

// What is told in the gateway's journal, as far as services make something of it.
struct Told {
  std::string body;              // of a proposal: a text
  std::string used;              // a delegate's statement
  std::string delegation;        // by which, or that was revoked
  absl::Time recorded = kBegin;  // as the gateway says
};

// A service that follows: what charter_entries.cc keeps in tables stands in maps.
struct Service {
  absl::Duration ahead;  // its clock, of the true time
  bool is_away = false;
  size_t read = 0;
  std::map<std::string, absl::Time> seen;  // body: when
  std::set<std::string> revoked;
  charter::DelegateUses uses;
  absl::Time whole = absl::InfinitePast();

  void Follow(const std::vector<Told>& journal, absl::Time now) {
    for (; read < journal.size(); ++read) {
      const Told& told = journal[read];
      if (!told.body.empty()) {
        seen.emplace(told.body, now + ahead);
      } else if (told.used.empty()) {
        revoked.insert(told.delegation);
      } else if (!revoked.contains(told.delegation)) {
        uses.emplace(told.used, charter::DelegateUse{std::max(told.recorded, whole), false});
      }
    }
    whole = now + ahead;
  }
  charter::DelegateUses UsesOf(const charter::v1::SignedRevision& revision) const {
    charter::DelegateUses known;
    for (const Signature& signature : revision.signatures()) {
      if (!signature.has_delegation()) continue;
      const std::string statement = charter::StatementOf(revision.body(), signature);
      const auto use = uses.find(statement);
      known[statement] = use == uses.end() ? charter::DelegateUse() : use->second;
      known[statement].is_revoked =
          revoked.contains(charter::DigestOf(signature.delegation().body()));
    }
    return known;
  }
  absl::Status Check(const charter::Base& base, const charter::v1::SignedRevision& revision,
                     absl::Time now) const {
    const auto first = seen.find(revision.body());
    const absl::Duration term = absl::Hours(24) * base.charter->document().arbiter_term_days();
    const bool is_over = first != seen.end() && first->second + term <= now + ahead;
    return charter::CheckRevision(base, revision, is_over, UsesOf(revision));
  }
};

// A signature, and what is true of it.
struct Given {
  Signature signature;
  TrueWord word;
};

class Course {
 public:
  explicit Course(unsigned seed) : random_(seed) {
    document_ = ModelCharter();
    Adopt(document_, "start");
    oracle_.arbiter = "departments/management";
    for (Service& service : services_) service.ahead = Apart();
    gateway_ahead_ = Apart();
  }
  void Run() {
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      now_ += Draw(4) == 0 ? absl::Hours(1 + Draw(40)) : absl::Minutes(1 + Draw(40));
      // The first is always there: what one service knows is enough to refuse.
      for (int i = 1; i < kServices; ++i) services_[i].is_away = Draw(6) == 0;
      FollowAll();
      Step();
    }
  }
  int enacted = 0, by_delegates = 0, by_arbiter = 0, forged = 0, delegated = 0;

 private:
  unsigned Draw(unsigned below) { return static_cast<unsigned>(random_() % below); }
  template <typename List>
  auto& Any(List& list) {
    return list[Draw(static_cast<unsigned>(std::size(list)))];
  }
  absl::Duration Apart() {
    return absl::Seconds(static_cast<int>(Draw(241)) - 120);  // kMostApart either way
  }
  absl::Time GatewayNow() const { return now_ + gateway_ahead_; }
  type::v1::Actor ActorOf(const std::string& who) {
    type::v1::Actor actor;
    actor.set_person(PersonOf(who));
    actor.set_department(DepartmentIn(who));
    return actor;
  }
  std::string AnySteward() {
    auto steward = oracle_.stewards.begin();
    std::advance(steward, Draw(static_cast<unsigned>(oracle_.stewards.size())));
    return absl::StrCat(steward->first.first.substr(8), "@", steward->first.second.substr(12));
  }
  void FollowAll() {
    for (Service& service : services_) {
      if (!service.is_away) service.Follow(journal_, now_);
    }
  }
  bool IsOpen(int text) const {
    const TrueText& about = oracle_.texts[static_cast<size_t>(text)];
    return about.base == oracle_.in_force && !about.is_withdrawn;
  }

  // What is in force from now on.
  void Adopt(type::v1::Charter document, const std::string& digest_of) {
    charter_ = std::make_unique<charter::Charter>(*charter::Charter::Make(document));
    base_ = {charter_.get(), charter::DigestOf(digest_of)};
    oracle_.stewards.clear();
    for (const auto& key : document.keys()) {
      oracle_.stewards[{key.person(), key.department()}] = key.public_key();
    }
    oracle_.term = absl::Hours(24) * document.arbiter_term_days();
    oracle_.in_force = document.revision();
    document_ = std::move(document);
  }

  void Step();
  void Propose(bool amends);
  type::v1::Charter Changed(TrueText* text);
  void Sign();
  void SignByDelegate();
  void Decide();
  void Delegate();
  void Revoke();
  void Withdraw();
  void Try(size_t place, const std::string& who, const Given& given);
  // Of a proposal; mostly of one that is open.
  size_t AnyPlace() {
    size_t place = 0;
    for (int tries = 0; tries < 4; ++tries) {
      place = Draw(static_cast<unsigned>(proposals_.size()));
      if (IsOpen(text_of_[place])) break;
    }
    return place;
  }
  absl::Time IssuedOf(size_t delegation) const {
    return resource::ToTime(delegations_[delegation].issue_time());
  }
  void Complete(v1::CharterProposal* proposal);
  void Forge();
  Given AnyForgery(int text);
  void JournalUse(int text, const Signature& signature, absl::Time recorded);
  Given ByDelegation(int text, size_t delegation, absl::Time stated);
  Given BySteward(const std::string& who, int text, charter::v1::Verdict verdict);
  std::vector<TrueWord> WordsOf(const charter::v1::SignedRevision& revision) const;

  std::mt19937 random_;
  absl::Time now_ = kBegin;
  absl::Duration gateway_ahead_;
  type::v1::Charter document_;
  std::unique_ptr<charter::Charter> charter_;
  charter::Base base_;
  CharterOracle oracle_;
  std::vector<Service> services_ = std::vector<Service>(kServices);
  std::vector<Told> journal_;
  std::vector<v1::CharterProposal> proposals_;
  std::vector<int> text_of_;                        // of a proposal, by its place
  std::vector<std::string> bodies_;                 // of a text
  std::vector<v1::CharterDelegation> delegations_;  // as the gateway has them; beside the oracle's
  std::vector<std::string> delegates_;              // deb@sales
  std::vector<Given> given_;                        // all that was ever signed
};

void Course::Step() {
  const unsigned what = Draw(100);
  if (proposals_.empty() || what < 14) return Propose(/*amends=*/false);
  if (what < 20) return Propose(/*amends=*/true);
  if (what < 48) return Sign();
  if (what < 58) return Delegate();
  if (what < 74) return SignByDelegate();
  if (what < 78) return Revoke();
  if (what < 80) return Withdraw();
  if (what < 86) return Decide();
  return Forge();
}

type::v1::Charter Course::Changed(TrueText* text) {
  type::v1::Charter document = document_;
  const std::string mark = absl::StrCat("So it is, ", random_());
  const auto toggle_key = [&](const std::string& who) {
    auto& keys = *document.mutable_keys();
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
      return key.person() == PersonOf(who) && key.department() == DepartmentIn(who);
    });
    known == keys.end() ? Keys().Register(who, &document) : void(keys.erase(known));
    text->touches = {DepartmentIn(who)};
    text->changes_keys = {DepartmentIn(who)};
  };
  switch (Draw(6)) {
    case 0:
    case 1:
      document.mutable_questions(0)->mutable_answers(0)->set_criteria(mark);
      text->touches = {"departments/sales", "departments/marketing"};
      break;
    case 2:
    case 3:
      document.mutable_questions(1)->mutable_answers(0)->set_criteria(mark);
      text->touches = {"departments/sales", "departments/support"};
      break;
    case 4:
      document.set_arbiter_term_days(document.arbiter_term_days() == 3 ? 2 : 3);
      text->touches = {"departments/sales", "departments/marketing", "departments/support",
                       "departments/management"};
      break;
    default:
      toggle_key(Draw(2) == 0 ? "deb@sales" : "mo@marketing");
  }
  return document;
}

void Course::Propose(bool amends) {
  const size_t place = amends ? Draw(static_cast<unsigned>(proposals_.size())) : proposals_.size();
  if (amends && !IsOpen(text_of_[place])) return;
  TrueText text;
  text.told = now_;
  text.base = oracle_.in_force;
  std::string who = AnySteward();
  if (Draw(8) == 0) who = "deb@sales";  // a steward by the directory, without a key
  v1::CharterProposal proposal;
  if (amends) {
    proposal = proposals_[place];
    oracle_.texts[static_cast<size_t>(text_of_[place])].is_withdrawn = true;
  } else {
    proposal.set_name(absl::StrCat("charterProposals/", place));
    proposal.set_state(v1::CHARTER_PROPOSAL_STATE_OPEN);
  }
  *proposal.mutable_author() = ActorOf(who);
  text.author = PersonOf(who);
  text.author_department = DepartmentIn(who);
  ASSERT_TRUE(SetText(base_, Changed(&text), &proposal).ok());
  EXPECT_EQ(std::set<std::string>(proposal.affected().begin(), proposal.affected().end()),
            text.touches);
  EXPECT_TRUE(proposal.signatures().empty()) << "other words void what was signed";
  const int number = static_cast<int>(oracle_.texts.size());
  oracle_.texts.push_back(text);
  bodies_.push_back(proposal.body());
  Told told;
  told.body = proposal.body();
  journal_.push_back(told);
  FollowAll();
  if (!amends) {
    proposals_.emplace_back();
    text_of_.push_back(0);
  }
  proposals_[place] = std::move(proposal);
  text_of_[place] = number;
}

Given Course::BySteward(const std::string& who, int text, charter::v1::Verdict verdict) {
  Given given;
  given.signature = Keys().Sign(who, bodies_[static_cast<size_t>(text)], verdict);
  given.word = {text,
                DepartmentIn(who),
                PersonOf(who),
                Keys().PublicOf(who),
                verdict == charter::v1::VERDICT_DECIDE,
                now_,
                -1};
  return given;
}

Given Course::ByDelegation(int text, size_t delegation, absl::Time stated) {
  const std::string& who = delegates_[delegation];
  Given given;
  given.signature = Keys().SignBy(delegations_[delegation].signed_delegation(), who,
                                  bodies_[static_cast<size_t>(text)], stated);
  given.word = {text, DepartmentIn(who),           PersonOf(who), Keys().PublicOf(who), false,
                now_, static_cast<int>(delegation)};
  return given;
}

std::vector<TrueWord> Course::WordsOf(const charter::v1::SignedRevision& revision) const {
  std::vector<TrueWord> words;
  for (const Signature& signature : revision.signatures()) {
    const auto found = std::find_if(given_.begin(), given_.end(), [&](const Given& given) {
      return given.signature.signature() == signature.signature() &&
             given.signature.department() == signature.department();
    });
    EXPECT_NE(found, given_.end());
    if (found != given_.end()) words.push_back(found->word);
  }
  return words;
}

// Through the honest gateway: it takes a word exactly where the oracle would.
void Course::Try(size_t place, const std::string& who, const Given& given) {
  v1::CharterProposal& proposal = proposals_[place];
  const int text = text_of_[place];
  given_.push_back(given);
  bool may = oracle_.Counts(given.word, text, absl::ZeroDuration()) && IsOpen(text);
  const auto& touches = oracle_.texts[static_cast<size_t>(text)].touches;
  may = may && (given.word.decides || touches.contains(given.word.department));
  for (const TrueWord& word : WordsOf(SignedSoFar(proposal))) {
    const bool again = word.department == given.word.department && !word.decides;
    may = may && oracle_.MayStandTogether(word, given.word) && !(again && !given.word.decides);
  }
  absl::Status taken = CheckOpen(proposal, oracle_.in_force);
  v1::CharterProposal after = proposal;
  if (taken.ok()) taken = AddSignature(base_, ActorOf(who), GatewayNow(), given.signature, &after);
  const int by = given.word.delegation;
  const std::string statement = charter::StatementOf(proposal.body(), given.signature);
  bool is_last_minute = false;
  if (by >= 0) {
    const TrueDelegation& lent = oracle_.delegations[static_cast<size_t>(by)];
    is_last_minute = now_ > lent.expires - charter::kDelegationMargin - 2 * kMostApart;
    v1::CharterDelegation used = delegations_[static_cast<size_t>(by)];
    if (taken.ok()) {
      taken = AddUse(proposal.name(), given.signature, statement, GatewayNow(), &used);
    }
    if (taken.ok()) delegations_[static_cast<size_t>(by)] = used;
  }
  if (taken.ok() || !is_last_minute) {  // then the gateway may be stricter
    EXPECT_EQ(taken.ok(), may) << taken << " for " << who << " by " << by;
  }
  if (!taken.ok()) return;
  if (by >= 0) {
    JournalUse(text, given.signature, GatewayNow());
    ++delegated;
  }
  proposal = std::move(after);
  if (IsComplete(proposal)) Complete(&proposal);
}

// As the workflow does it: the gateway by its own check, then each service, until it can.
void Course::Complete(v1::CharterProposal* proposal) {
  const charter::v1::SignedRevision revision = SignedSoFar(*proposal);
  const int text = text_of_[static_cast<size_t>(proposal - proposals_.data())];
  Service gateway;
  gateway.ahead = gateway_ahead_;
  gateway.Follow(journal_, now_);
  gateway.seen[revision.body()] = oracle_.texts[static_cast<size_t>(text)].told + gateway_ahead_;
  const absl::Status own = gateway.Check(base_, revision, now_);
  const std::vector<TrueWord> words = WordsOf(revision);
  EXPECT_EQ(own.ok(), oracle_.MayEnact(text, words, now_, absl::ZeroDuration(), true)) << own;
  if (!own.ok()) {  // refused, and so not signed
    proposal->mutable_signatures()->RemoveLast();
    return;
  }
  const absl::Time asked = now_;
  for (Service& service : services_) service.is_away = false;
  for (bool all = false; !all;) {
    FollowAll();
    all = true;
    for (const Service& service : services_) {
      const absl::Status status = service.Check(base_, revision, now_);
      all = all && status.ok();
      if (!status.ok()) EXPECT_EQ(Reason(status), "TERM_NOT_OVER") << "it would be stuck";
    }
    if (!all) now_ += absl::Hours(12);
    ASSERT_LT(now_, asked + absl::Hours(24 * 10)) << "it never comes into force";
  }
  ++enacted;
  for (const TrueWord& word : words) {
    by_delegates += word.delegation >= 0 ? 1 : 0;
    by_arbiter += word.decides ? 1 : 0;
  }
  charter::v1::RevisionBody body;
  ASSERT_TRUE(body.ParseFromString(revision.body()));
  Adopt(body.document(), revision.body());
  proposal->set_state(v1::CHARTER_PROPOSAL_STATE_ENACTED);
}

void Course::Sign() {
  const size_t place = AnyPlace();
  int text = text_of_[place];
  if (Draw(10) == 0) text = static_cast<int>(Draw(static_cast<unsigned>(bodies_.size())));
  std::string who = AnySteward();
  if (Draw(12) == 0) who = "eve@support";
  Try(place, who, BySteward(who, text, charter::v1::VERDICT_SIGN));
}

void Course::Decide() {
  const size_t place = AnyPlace();
  const std::string who = Draw(5) == 0 ? AnySteward() : "max@management";
  Try(place, who, BySteward(who, text_of_[place], charter::v1::VERDICT_DECIDE));
}

void Course::Delegate() {
  const std::string who = Draw(10) == 0 ? "deb@sales" : AnySteward();
  const std::string department = who.substr(who.find('@') + 1);
  static const char* const kPersons[] = {"deb", "dan", "mia", "sam", "mo"};
  const std::string delegate = absl::StrCat(Any(kPersons), "@", department);
  const absl::Duration time = Draw(9) == 0 ? absl::Hours(24 * 100) : absl::Hours(1 + Draw(24 * 9));
  const absl::Time issued = GatewayNow();
  const TrueDelegation truth = {
      DepartmentIn(who),         PersonOf(who), Keys().PublicOf(who), PersonOf(delegate),
      Keys().PublicOf(delegate), now_,          issued + time,        {}};
  const auto signed_delegation = Keys().Delegate(who, delegate, issued, issued + time);
  const auto made = MakeDelegation(document_, ActorOf(who), GatewayNow(), signed_delegation);
  const auto steward = oracle_.stewards.find({truth.steward, truth.department});
  const bool may = steward != oracle_.stewards.end() && truth.steward != truth.delegate &&
                   time <= absl::Hours(24 * 92);
  EXPECT_EQ(made.ok(), may) << made.status() << who << " to " << delegate;
  // What the gateway did not take in, whoever has it in his hand may try to use.
  v1::CharterDelegation kept = made.value_or(v1::CharterDelegation());
  if (!made.ok()) {
    *kept.mutable_signed_delegation() = signed_delegation;
    *kept.mutable_issue_time() = resource::FromTime(issued);
    *kept.mutable_expire_time() = resource::FromTime(issued + time);
  }
  delegations_.push_back(kept);
  delegates_.push_back(delegate);
  oracle_.delegations.push_back(truth);
  if (!may) oracle_.delegations.back().steward_key = "of nobody";
}

void Course::SignByDelegate() {
  if (delegations_.empty()) return;
  const size_t by = Draw(static_cast<unsigned>(delegations_.size()));
  const absl::Time stated = std::max(now_ + Apart(), IssuedOf(by));
  const size_t place = AnyPlace();
  Try(place, delegates_[by], ByDelegation(text_of_[place], by, stated));
}

void Course::Revoke() {
  if (delegations_.empty()) return;
  const size_t which = Draw(static_cast<unsigned>(delegations_.size()));
  v1::CharterDelegation& delegation = delegations_[which];
  if (!gateway::Revoke(ActorOf("sam@sales"), GatewayNow(), &delegation).ok()) return;
  oracle_.delegations[which].revoked = now_;
  Told told;
  told.delegation = charter::DigestOf(delegation.signed_delegation().body());
  journal_.push_back(told);
}

void Course::Withdraw() {
  const size_t place = Draw(static_cast<unsigned>(proposals_.size()));
  if (!IsOpen(text_of_[place])) return;
  proposals_[place].set_state(v1::CHARTER_PROPOSAL_STATE_WITHDRAWN);
  oracle_.texts[static_cast<size_t>(text_of_[place])].is_withdrawn = true;
}

void Course::JournalUse(int text, const Signature& signature, absl::Time recorded) {
  Told told;
  told.used = charter::StatementOf(bodies_[static_cast<size_t>(text)], signature);
  told.delegation = charter::DigestOf(signature.delegation().body());
  told.recorded = recorded;
  journal_.push_back(told);
}

// What whoever has the gateway in his hand, a delegate's key and keys of his own can make up.
Given Course::AnyForgery(int text) {
  const std::string& body = bodies_[static_cast<size_t>(text)];
  if (!delegations_.empty() && Draw(3) != 0) {  // as if it had been in time
    const size_t by = Draw(static_cast<unsigned>(delegations_.size()));
    const absl::Time latest = oracle_.delegations[by].expires - absl::Minutes(10);
    const absl::Time stated = std::max(std::min(now_, latest), IssuedOf(by));
    Given given = ByDelegation(text, by, stated);
    JournalUse(text, given.signature, stated);
    return given;
  }
  const std::string who = AnySteward();
  const auto verdict = Draw(4) == 0 ? charter::v1::VERDICT_DECIDE : charter::v1::VERDICT_SIGN;
  Given given = BySteward(who, text, verdict);
  given.word.key = "of eve";
  if (Draw(2) == 0) {  // in a steward's name, by another key
    given.signature = Keys().Sign("eve@support", body, verdict);
    given.signature.set_person(PersonOf(who));
    given.signature.set_department(DepartmentIn(who));
    given.signature.set_public_key(Keys().PublicOf(who));
    return given;
  }
  // By a delegation that nobody had the right to give: his own, or a delegate's.
  const bool is_steward = oracle_.stewards.contains({"persons/deb", "departments/sales"});
  const std::string by = is_steward || Draw(2) == 0 ? "eve@sales" : "deb@sales";
  const auto lent = Keys().Delegate(by, "fay@sales", now_, now_ + absl::Hours(24));
  given.signature = Keys().SignBy(lent, "fay@sales", body, now_);
  given.word.department = "departments/sales";
  given.word.person = "persons/fay";
  given.word.decides = false;
  JournalUse(text, given.signature, now_);
  return given;
}

// Straight to the services, as by a gateway in bad hands: good words, and one that may be none.
void Course::Forge() {
  const int text = Draw(8) == 0 ? static_cast<int>(Draw(static_cast<unsigned>(bodies_.size())))
                                : text_of_[AnyPlace()];
  charter::v1::SignedRevision revision;
  revision.set_body(bodies_[static_cast<size_t>(text)]);
  std::set<std::string> spoken;
  if (Draw(3) != 0) {
    given_.push_back(AnyForgery(text));
    *revision.add_signatures() = given_.back().signature;
    spoken.insert(given_.back().word.department);
  }
  const bool is_careful = Draw(4) != 0;
  for (auto given = given_.rbegin(); given != given_.rend(); ++given) {
    const bool is_others = given->word.text != text;
    if (is_others && Draw(12) != 0) continue;
    if (is_careful && !oracle_.Counts(given->word, text, absl::ZeroDuration())) continue;
    if (!spoken.insert(given->word.department).second && Draw(10) != 0) continue;
    *revision.add_signatures() = given->signature;
  }
  for (Service& service : services_) {
    service.is_away = false;
    service.Follow(journal_, now_);
  }
  const bool is_taken = std::all_of(
      services_.begin(), services_.end(),
      [&](const Service& service) { return service.Check(base_, revision, now_).ok(); });
  if (!is_taken) return;
  EXPECT_TRUE(oracle_.MayEnact(text, WordsOf(revision), now_, kSlack, /*gateway_is_honest=*/false))
      << "text " << text << " by " << revision.ShortDebugString();
  ++forged;
}

TEST(CharterModel, NothingIsEnactedWithoutThoseWhomItTouches) {
  int enacted = 0;
  int by_delegates = 0;
  int by_arbiter = 0;
  int forged = 0;
  int delegated = 0;
  const int courses = testlib::Rounds(kCourses);
  for (int seed = 0; seed < courses && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Course course(static_cast<unsigned>(seed));
    course.Run();
    enacted += course.enacted;
    by_delegates += course.by_delegates;
    by_arbiter += course.by_arbiter;
    forged += course.forged;
    delegated += course.delegated;
  }
  // Else the courses would prove nothing.
  EXPECT_GT(enacted, courses / 4);
  EXPECT_GT(by_delegates, courses / 30);
  EXPECT_GT(by_arbiter, courses / 100);
  EXPECT_GT(forged, courses / 100) << "of what is good the services refuse nothing";
  RecordProperty("enacted", enacted);
  std::printf(
      "%d courses: %d enacted, %d signatures by delegates (%d of them enacted), %d decided, "
      "%d taken past the gateway\n",
      courses, enacted, delegated, by_delegates, by_arbiter, forged);
}

}  // namespace
}  // namespace comity::gateway
