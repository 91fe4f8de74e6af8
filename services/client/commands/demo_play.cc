#include "services/client/commands/demo_play.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/client/charter/charter_file.h"
#include "services/client/charter/steward_key.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/commands/commands.h"
#include "services/client/commands/story_waits.h"
#include "services/client/demo/company.h"
#include "services/client/demo/renegotiation.h"
#include "services/client/demo/story.h"
#include "services/client/demo/telling.h"
#include "services/client/output/error_text.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using type::v1::Charter;

// A machine that is busy takes its time; what has not come about by then never will.
constexpr absl::Duration kMostWaited = absl::Minutes(10);

struct PlayFlags {
  std::string pace = "normal";
  bool pause = false;
};

// To read by; nothing depends on it.
absl::Duration ReadingTime(const std::string& pace) {
  if (pace == "fast") return absl::ZeroDuration();
  return pace == "slow" ? absl::Seconds(5) : absl::Seconds(1);
}

// A folder for the files that are proposed, gone at the end.
class Desk {
 public:
  static absl::StatusOr<std::unique_ptr<Desk>> Make() {
    std::error_code unknown;
    std::string folder =
        (std::filesystem::temp_directory_path(unknown) / "comity-play-XXXXXX").string();
    if (unknown || mkdtemp(folder.data()) == nullptr) {
      return InvalidField("FILE_UNWRITABLE", folder, "no folder can be made there");
    }
    return std::make_unique<Desk>(folder);
  }
  explicit Desk(std::string folder) : folder_(std::move(folder)) {}
  ~Desk() {
    std::error_code unknown;
    std::filesystem::remove_all(folder_, unknown);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  std::string File(const char* name) const { return absl::StrCat(folder_, "/", name); }
  static absl::Status Write(const std::string& path, const Charter& document) {
    std::ofstream file(path, std::ios::trunc);
    if (file << CharterYaml(document) << std::flush) return absl::OkStatus();
    return InvalidField("FILE_UNWRITABLE", path, "the file cannot be written");
  }

 private:
  const std::string folder_;
};

// What `comity WORDS` prints, over the same connections.
absl::StatusOr<std::string> RunCommand(const Context& context,
                                       const std::vector<std::string>& words) {
  Context own;
  std::string text;
  own.profile_flag = context.profile_flag;
  own.printed = &text;
  own.ShareConnections(context);
  CLI::App app("", "comity");
  AddCommands(&app, &own);
  std::vector<std::string> backwards(words.rbegin(), words.rend());
  try {  // CLI11 reports by exceptions only
    app.parse(backwards);
  } catch (const CLI::ParseError& error) {
    return MakeError(absl::StatusCode::kInternal, "STORY_BROKEN", error.what());
  }
  COMITY_RETURN_IF_ERROR(own.action());
  return text;
}

// The stewards of the charter's departments have the keys by which they sign.
absl::Status CheckKeys(const Context& context, const Charter& charter) {
  for (const std::string& department : charter.departments()) {
    const Identity steward = StewardOf(department);
    if (steward.person.empty()) {
      return NotADemonstration(absl::StrCat(department, " is none of its departments"));
    }
    const std::string path = StewardKeyPath(context.profile(), steward);
    const auto key = ReadStewardKey(path, steward);
    if (!key.ok()) return NotADemonstration(ErrorText(key.status()));
    COMITY_ASSIGN_OR_RETURN(const type::v1::StewardKey entry, KeyEntry(*key, steward));
    const bool signs =
        std::any_of(charter.keys().begin(), charter.keys().end(), [&](const auto& known) {
          return known.department() == department && known.public_key() == entry.public_key();
        });
    if (!signs) return NotADemonstration(absl::StrCat("the charter does not know the key ", path));
  }
  return absl::OkStatus();
}

absl::Status CheckDemonstration(Context& context) {
  COMITY_ASSIGN_OR_RETURN(const Charter charter, FetchRevision(context, 0));
  const auto& agreements = charter.handovers();
  const bool has_agreement =
      std::any_of(agreements.begin(), agreements.end(),
                  [](const auto& agreement) { return agreement.name() == kStoryAgreement; });
  if (!has_agreement) {
    return NotADemonstration(absl::StrCat("the charter in force has no ", kStoryAgreement));
  }
  COMITY_RETURN_IF_ERROR(CheckKeys(context, charter));
  return Renegotiate(charter).status();
}

class Player {
 public:
  Player(Context& context, const PlayFlags& flags, const Desk& desk)
      : context_(context), flags_(flags), desk_(desk) {}

  absl::Status Play() {
    for (const StoryAct& act : TellStory()) {
      if (!context_.for_machines()) {
        COMITY_RETURN_IF_ERROR(
            context_.Print(absl::StrCat(step_ == 0 ? "" : "\n", "== ", act.title, "\n")));
      }
      for (const StoryStep& step : act.steps) COMITY_RETURN_IF_ERROR(Take(act, step));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Take(const StoryAct& act, const StoryStep& step) {
    COMITY_RETURN_IF_ERROR(AwaitStory(context_, step.awaits, kMostWaited, &names_));
    if (step.awaits == Awaited::kNoRevisionUnderWay) COMITY_RETURN_IF_ERROR(WriteTexts());
    if (!step.as.empty()) return TakeAs(act, step, step.as, step.told);
    COMITY_ASSIGN_OR_RETURN(const std::vector<std::string> signers, Signers());
    for (const std::string& as : signers) {
      COMITY_RETURN_IF_ERROR(TakeAs(act, step, as, as == signers.front() ? step.told : ""));
    }
    return absl::OkStatus();
  }

  absl::Status TakeAs(const StoryAct& act, const StoryStep& step, const std::string& as,
                      const std::string& told) {
    TakenStep taken{act.title, ++step_, step.id, told, {}, "", step.shown};
    COMITY_ASSIGN_OR_RETURN(taken.words, FillNames(step.words, names_));
    taken.words.insert(taken.words.end(), {"--as", as});
    absl::StatusOr<std::string> output = RunCommand(context_, taken.words);
    absl::Status status = output.status();
    if (status.ok()) {
      taken.output = *std::move(output);
      for (const Learned& what : step.learns) {
        if (status.ok()) status = Learn(taken.output, what, &names_);
      }
    }
    if (!status.ok()) {
      std::fprintf(stderr, "the story ends at step %d: %s\n", step_,
                   CommandLine(taken.words).c_str());
      return status;
    }
    COMITY_RETURN_IF_ERROR(
        context_.Print(context_.for_machines() ? StepJson(taken, names_) : ShowStep(taken)));
    return GiveTime();
  }

  // Both texts that are proposed, by the charter that is in force now.
  absl::Status WriteTexts() {
    COMITY_ASSIGN_OR_RETURN(const Charter charter, FetchRevision(context_, 0));
    COMITY_ASSIGN_OR_RETURN(const Renegotiation made, Renegotiate(charter));
    names_["file"] = desk_.File("charter.yaml");
    names_["far"] = desk_.File("management-decides.yaml");
    names_["near"] = desk_.File("sooner-or-later.yaml");
    names_["days"] = made.days;
    COMITY_RETURN_IF_ERROR(Desk::Write(names_["far"], made.far));
    return Desk::Write(names_["near"], made.near);
  }

  // Of the departments that it touches; whoever did not agree has a step of its own.
  absl::StatusOr<std::vector<std::string>> Signers() {
    COMITY_ASSIGN_OR_RETURN(const auto proposal, FetchProposal(context_, names_["proposal"]));
    std::vector<std::string> signers;
    for (const std::string& department : proposal.affected()) {
      if (department != kObjector) signers.push_back(StewardOf(department).ToText());
    }
    return signers;
  }

  absl::Status GiveTime() const {
    if (!flags_.pause) {
      absl::SleepFor(ReadingTime(flags_.pace));
      return absl::OkStatus();
    }
    std::fprintf(stderr, "[Enter]");
    std::string line;
    if (std::getline(std::cin, line)) return absl::OkStatus();
    return MakeError(absl::StatusCode::kCancelled, "STORY_LEFT", "the story was left");
  }

  Context& context_;
  const PlayFlags& flags_;
  const Desk& desk_;
  StoryNames names_;
  int step_ = 0;
};

absl::Status RunPlay(Context& context, const PlayFlags& flags) {
  if (context.output == "name") return Usage("a story has no names: --output table or json");
  if (flags.pause && isatty(STDIN_FILENO) != 1) {
    return InvalidField("USAGE", "--pause", "there is no terminal that could say to go on");
  }
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(CheckDemonstration(context));
  COMITY_ASSIGN_OR_RETURN(const std::unique_ptr<Desk> desk, Desk::Make());
  const absl::Time start = absl::Now();
  COMITY_RETURN_IF_ERROR(Player(context, flags, *desk).Play());
  if (context.for_machines()) return absl::OkStatus();
  return context.Print(absl::StrCat(
      "\nPlayed in ", absl::FormatDuration(absl::Floor(absl::Now() - start, absl::Seconds(1))),
      ". Everything stands in the record; playing it again plays it with "
      "other leads.\n"));
}

}  // namespace

void AddPlayCommand(CLI::App* demo, Context* context) {
  const auto flags = std::make_shared<PlayFlags>();
  CLI::App* play = demo->add_subcommand(
      "play",
      "Plays a story in it: departments disagree, hand over, renegotiate, dispute, are late");
  play->add_option("--pace", flags->pace, "Time to read: fast (none), normal or slow")
      ->check(CLI::IsMember({"fast", "normal", "slow"}));
  play->add_flag("--pause", flags->pause, "Goes on with Enter");
  play->footer(
      "Examples:\n  comity demo play\n  comity demo play --pace slow\n  comity demo play --pause\n"
      "  comity demo play --pace fast -o json\n"
      "About two minutes, most of them the time after which a revision that all have signed is in "
      "force. Each step is a command that you could give as well; with -o json, a line each. It "
      "needs the keys of all stewards, as scripts/run makes them, and changes one word of the "
      "charter, which the next play changes back.");
  play->callback([=] { context->action = [=] { return RunPlay(*context, *flags); }; });
}

}  // namespace comity::client
