using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Flowcontrol.PriorityLevelConfigurations;

/// <summary>PriorityLevelConfigurations: how many requests of a level run at once.</summary>
internal sealed class PriorityLevelConfigurationStrategy : ResourceStrategy
{
    private const string Exempt = "exempt";
    private const long MostQueues = 10_000_000;
    private const double MostEntropyBits = 60;

    public override KindInfo Kind => PriorityLevelConfiguration.Info;

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Type", Description: "Whether requests of the level are limited."),
        new("NominalConcurrencyShares", Description: "The level's share of the server."), new("Queues", Description: "How many queues requests wait in."),
        new("HandSize", Description: "How many queues a flow is dealt."), new("QueueLengthLimit", Description: "How many requests may wait in a queue."), TableColumn.AgeColumn,
    ];

    public override void Default(JsonObject target)
    {
        var spec = target.Object("spec");
        if (spec.Object("exempt") is { } exempt)
        {
            exempt.DefaultNumber("nominalConcurrencyShares", 0);
            exempt.DefaultNumber("lendablePercent", 0);
        }

        if (spec.Object("limited") is not { } limited)
        {
            return;
        }

        limited.DefaultNumber("nominalConcurrencyShares", 30);
        limited.DefaultNumber("lendablePercent", 0);
        if (limited.Object("limitResponse").Object("queuing") is { } queuing)
        {
            queuing.DefaultNonZero("handSize", 8);
            queuing.DefaultNonZero("queues", 64);
            queuing.DefaultNonZero("queueLengthLimit", 50);
        }
    }

    // Rules: flowcontrol: validation.go ValidatePriorityLevelConfiguration.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var type = spec.TextOrEmpty("type");
        if (target.Name() == Exempt != (type == "Exempt"))
        {
            errors.Invalid("spec.type", type, "type must be 'Exempt' if and only if `name` is 'exempt'");
        }

        switch (type)
        {
            case "Exempt":
                if (spec.Object("limited") is not null)
                {
                    errors.Forbidden("spec.limited", "must be nil if the type is not Limited");
                }

                ValidateShares(spec.Object("exempt"), "spec.exempt", errors);
                break;
            case "Limited":
                if (spec.Object("exempt") is not null)
                {
                    errors.Forbidden("spec.exempt", "must be nil if the type is Limited");
                }

                ValidateLimited(spec.Object("limited"), "spec.limited", errors);
                break;
            default:
                errors.NotSupported("spec.type", type, "Exempt", "Limited");
                break;
        }
    }

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => FlowConditions.Validate(target, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var limited = spec.Get("limited"u8);
        var queuing = limited.Get("limitResponse"u8, "queuing"u8);
        return
        [
            TableColumn.NameOf(source), spec.Text("type"u8), Cell(limited, "nominalConcurrencyShares"u8), Cell(queuing, "queues"u8), Cell(queuing, "handSize"u8),
            Cell(queuing, "queueLengthLimit"u8), TableColumn.Age(source, now),
        ];
    }

    private static JsonNode Cell(JsonElement source, ReadOnlySpan<byte> field) =>
        source.Get(field).ValueKind == JsonValueKind.Number ? source.Get(field).Number() : Cells.None;

    private static void ValidateShares(JsonObject? level, string path, FieldErrors errors)
    {
        if (level.Number("nominalConcurrencyShares") is < 0 and var shares)
        {
            errors.Invalid($"{path}.nominalConcurrencyShares", shares, "must be a non-negative integer");
        }

        if (level.Number("lendablePercent") is (< 0 or > 100) and var percent)
        {
            errors.Invalid($"{path}.lendablePercent", percent, "must be between 0 and 100, inclusive");
        }
    }

    private static void ValidateLimited(JsonObject? limited, string path, FieldErrors errors)
    {
        if (limited is null)
        {
            errors.Required(path, "must not be empty when type is Limited");
            return;
        }

        ValidateShares(limited, path, errors);
        if (limited.Number("borrowingLimitPercent") is < 0 and var percent)
        {
            errors.Invalid($"{path}.borrowingLimitPercent", percent, "if specified, must be a non-negative integer");
        }

        var response = limited.Object("limitResponse");
        var queuing = response.Object("queuing");
        switch (response.TextOrEmpty("type"))
        {
            case "Reject" when queuing is not null:
                errors.Forbidden($"{path}.limitResponse.queuing", "must be nil if limited.limitResponse.type is not Limited");
                break;
            case "Reject":
                break;
            case "Queue" when queuing is null:
                errors.Required($"{path}.limitResponse.queuing", "must not be empty if limited.limitResponse.type is Limited");
                break;
            case "Queue":
                ValidateQueuing(queuing, $"{path}.limitResponse.queuing", errors);
                break;
            case var other:
                errors.NotSupported($"{path}.limitResponse.type", other, "Queue", "Reject");
                break;
        }
    }

    private static void ValidateQueuing(JsonObject queuing, string path, FieldErrors errors)
    {
        var queues = queuing.Number("queues") ?? 0;
        var hand = queuing.Number("handSize") ?? 0;
        foreach (var field in (ReadOnlySpan<string>)["queueLengthLimit", "queues", "handSize"])
        {
            if ((queuing.Number(field) ?? 0) is <= 0 and var number)
            {
                errors.Invalid($"{path}.{field}", number, "must be positive");
            }
        }

        if (queues > MostQueues)
        {
            errors.Invalid($"{path}.queues", queues, $"must not be greater than {MostQueues}");
        }

        if (hand > queues)
        {
            errors.Invalid($"{path}.handSize", hand, $"should not be greater than queues ({queues})");
        }
        else if (queues > 0 && hand > 0 && EntropyBits(queues, hand) > MostEntropyBits)
        {
            errors.Invalid($"{path}.handSize", hand, $"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {MostEntropyBits}");
        }
    }

    // Of dealing a hand from the deck of queues (apiserver: util/shufflesharding).
    private static double EntropyBits(long queues, long hand)
    {
        var bits = 0.0;
        for (var dealt = 0L; dealt < hand && bits <= MostEntropyBits; dealt++)
        {
            bits += Math.Log2(queues - dealt);
        }

        return bits;
    }
}
