"""The preference stage: DPO (or IPO) from the SFT model, which is also the reference.

TRL's DPOTrainer is the frame. It copies the SFT adapter under the name ``ref``; that this copy is what the
log-ratios are taken against, and not the base model, is checked on the first pair. In its seam: a loss for
which the output head runs on the answers' positions only; a test holds it against TRL's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import torch
from datasets import Dataset
from transformers import PrinterCallback
from trl import DPOConfig, DPOTrainer
from trl.trainer.utils import use_adapter

from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import read_jsonl
from residency.core.records import Pair
from residency.core.stage import Counts, StageContext
from residency.generation.generate import model_body, output_head
from residency.generation.models import choose_device, load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.training.adapter import hold_in_fp32
from residency.training.common import CHECKPOINTS, SAME, Report, finish, last_checkpoint
from residency.training.settings import PreferenceSettings

LOSSES = {"dpo": "sigmoid", "ipo": "ipo"}


def run(context: StageContext) -> Counts:
    """Reads ``pairs.jsonl`` and the SFT adapter; writes ``adapter/`` and ``log.jsonl``."""
    settings = context.section("preference", PreferenceSettings)
    model_settings = context.section("model", ModelSettings)
    tokenizer = load_tokenizer(model_settings)
    renderer = renderer_of(tokenizer, context.section("chat", ChatSettings))
    longest = context.section("compile", CompileSettings).max_length
    pairs = cast(Iterable[Pair], read_jsonl(context.inputs["pairs"] / "pairs.jsonl"))
    rows, refused, left_out = compile_pairs(pairs, renderer, longest)
    if not rows:
        raise InputError("there is no pair to train on", str(context.inputs["pairs"]), "See its report.json for why")
    torch.manual_seed(context.seed)
    model = load_model(model_settings, tuned_folder(context.inputs["sft"]), trainable=True)
    trainer = CompiledPairTrainer(
        model=model,
        args=_arguments(settings, model_settings, context),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        callbacks=[Report(context.progress)],
    )
    trainer.remove_callback(PrinterCallback)
    hold_in_fp32(trainer.model)
    gap = check_reference(trainer.model, rows[0])
    trainer.train(resume_from_checkpoint=last_checkpoint(context.out / CHECKPOINTS))
    log = finish(trainer, context.out)
    accuracies = [entry["rewards/accuracies"] for entry in log if "rewards/accuracies" in entry]
    chosen = [entry["rewards/chosen"] for entry in log if "rewards/chosen" in entry]
    tail = max(1, len(accuracies) // 4)
    return {
        "pairs": len(rows),
        "refused": refused,
        "left_out": left_out,
        "steps": trainer.state.global_step,
        "reference_gap_per_token": gap,
        "accuracy_first": _mean(accuracies[:tail]),
        "accuracy_last": _mean(accuracies[-tail:]),
        "chosen_reward_last": _mean(chosen[-tail:]),
    }


class CompiledPairTrainer(DPOTrainer):
    """TRL's trainer on pairs that are compiled already, with :func:`preference_loss` in its seam."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any, **__: Any) -> Dataset:
        return dataset

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The loss of one batch: the chosen answers in its first half, the rejected in its second."""
        model = self.accelerator.unwrap_model(model)
        ids, mask = inputs["input_ids"], inputs["completion_mask"]
        with torch.no_grad(), use_adapter(model, "ref"):
            reference = answer_logprobs(model, ids, mask)
        policy = answer_logprobs(model, ids, mask)
        lengths = mask[:, 1:].sum(dim=1)
        weights = dict(zip(self.loss_types, self.loss_weights, strict=True))
        loss, rewards = preference_loss(policy, reference, lengths, self.beta, weights)
        chosen, rejected = rewards.detach().chunk(2)
        figures = {
            "rewards/chosen": chosen.mean(),
            "rewards/rejected": rejected.mean(),
            "rewards/margins": (chosen - rejected).mean(),
            "rewards/accuracies": (chosen > rejected).float().mean(),
            "logps/chosen": policy.detach().chunk(2)[0].mean(),
            "logps/rejected": policy.detach().chunk(2)[1].mean(),
        }
        for name, value in figures.items():
            self._metrics["train" if model.training else "eval"][name].append(float(value))
        return (loss, {}) if return_outputs else loss


def answer_logprobs(model: Any, input_ids: torch.Tensor, completion_mask: torch.Tensor) -> torch.Tensor:
    """The summed log-probability of each row's answer, in nats, shape (rows,).

    Args:
        model: a causal language model with the adapter in question active.
        input_ids: shape (rows, length), right-padded.
        completion_mask: the same shape; 1 on the answer's tokens.
    """
    hidden = model_body(model)(input_ids=input_ids, use_cache=False).last_hidden_state
    wanted = completion_mask[:, 1:].bool()
    logits = output_head(model)(hidden[:, :-1][wanted]).float()
    logprobs = -torch.nn.functional.cross_entropy(logits, input_ids[:, 1:][wanted], reduction="none")
    rows = wanted.nonzero()[:, 0]
    return torch.zeros(len(input_ids), device=logprobs.device).index_add(0, rows, logprobs)


def preference_loss(
    policy: torch.Tensor, reference: torch.Tensor, lengths: torch.Tensor, beta: float, weights: dict[str, float]
) -> tuple[torch.Tensor, torch.Tensor]:
    """The weighted sum of losses on pairs, and the implicit rewards beta x log(policy / reference).

    Sources: DPO, Rafailov et al. 2023, equation 7; IPO, Azar et al. 2023, equation 17, on log-ratios averaged
    over tokens as TRL does; ``sft`` is the negative log-likelihood of the chosen answer's tokens.

    Args:
        policy: summed log-probabilities, shape (2 x pairs,), chosen answers first.
        reference: the same under the reference.
        lengths: answer tokens of each row, the same shape.
        beta: how closely the policy is held to the reference (IPO: tau).
        weights: the weight of each loss by name: ``sigmoid`` (DPO), ``ipo``, ``sft``.
    """
    ratios = policy - reference
    chosen, rejected = ratios.chunk(2)
    per_token_chosen, per_token_rejected = (ratios / lengths.clamp(min=1)).chunk(2)
    losses = {
        "sigmoid": -torch.nn.functional.logsigmoid(beta * (chosen - rejected)).mean(),
        "ipo": ((per_token_chosen - per_token_rejected - 1 / (2 * beta)) ** 2).mean(),
        "sft": -policy.chunk(2)[0].sum() / lengths.chunk(2)[0].sum(),
    }
    total = torch.stack([weight * losses[name] for name, weight in weights.items()]).sum()
    return total, beta * ratios


def check_reference(model: Any, row: dict[str, Any]) -> float:
    """Assert that before training the policy and its reference give one pair the same log-probability.

    Returns:
        Their difference in nats a token.

    Raises:
        ProofError: there is no reference adapter, or it is not the SFT model.
    """
    if "ref" not in model.peft_config:
        raise ProofError("the trainer made no copy of the SFT adapter; its reference would be the base model")
    weights = dict(model.named_parameters())
    for name, parameter in weights.items():
        if ".ref." in name and not torch.equal(parameter, weights[name.replace(".ref.", ".default.")]):
            raise ProofError(f"the reference is not the SFT model: {name} differs from the policy's weight")
    values = []
    for name in ("default", "ref"):
        model.set_adapter(name)
        values.append(_sequence_logprob(model, row["prompt_ids"], row["chosen_ids"]))
    model.set_adapter("default")
    # set_adapter makes the adapter that it chose trainable: the reference must not learn.
    for name, parameter in model.named_parameters():
        if ".ref." in name:
            parameter.requires_grad_(False)
    gap = abs(values[0] - values[1]) / len(row["chosen_ids"])
    if gap > SAME[model.dtype]:
        raise ProofError(f"the reference is not the SFT model: {gap:.4f} nats a token apart")
    return gap


def _sequence_logprob(model: Any, prompt: list[int], target: list[int]) -> float:
    ids = torch.tensor([prompt + target], device=next(model.parameters()).device)
    mask = torch.tensor([[0] * len(prompt) + [1] * len(target)], device=ids.device)
    with torch.no_grad():
        return float(answer_logprobs(model, ids, mask))


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _arguments(settings: PreferenceSettings, model: ModelSettings, context: StageContext) -> DPOConfig:
    with_sft = settings.sft_weight > 0
    losses = [LOSSES[settings.method], *(["sft"] if with_sft else [])]
    return DPOConfig(
        output_dir=str(context.out / CHECKPOINTS),
        loss_type=losses,
        loss_weights=[1.0, settings.sft_weight] if with_sft else None,
        beta=settings.beta,
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps or -1,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=settings.batch_pairs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        weight_decay=0.0,
        logging_steps=1,
        save_strategy="steps",
        save_steps=settings.save_steps,
        save_total_limit=2,
        seed=context.seed,
        data_seed=context.seed,
        bf16=False,
        use_cpu=choose_device(model.device) == "cpu",
        gradient_checkpointing=False,
        max_length=None,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to=settings.report_to or "none",
    )
