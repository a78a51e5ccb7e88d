using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Fairness;

/// <summary>The schemas in the order in which they are asked, and the levels they lead to. Immutable; a change of the objects makes a new one.</summary>
internal sealed class FlowConfiguration
{
    /// <summary>What holds without any objects.</summary>
    public static readonly FlowConfiguration Default = From([], []);

    private readonly FlowRule[] _rules;
    private readonly FlowRule _last;

    private FlowConfiguration(FlowRule[] rules, FlowRule last, IReadOnlyList<PriorityLevel> levels)
    {
        _rules = rules;
        _last = last;
        Levels = levels;
    }

    public IReadOnlyList<PriorityLevel> Levels { get; }

    /// <summary>Puts objects together. Where there are none at all, the built-in ones hold; the mandatory ones (<c>exempt</c> and <c>catch-all</c>) hold always, in their built-in form but
    /// for what may be changed of them. Schemas that lead to no level are left out.</summary>
    public static FlowConfiguration From(IReadOnlyCollection<FlowSchema> schemas, IReadOnlyCollection<PriorityLevelConfiguration> levels)
    {
        if (schemas.Count == 0 && levels.Count == 0)
        {
            (schemas, levels) = (BuiltInFlows.Schemas, BuiltInFlows.Levels);
        }

        var byName = BuiltInFlows.MandatoryLevels.Concat(levels).Select(ToLevel).OfType<PriorityLevel>()
            .GroupBy(static level => level.Name).ToDictionary(static group => group.Key, static group => group.Last());
        var rules = BuiltInFlows.MandatorySchemas.Concat(schemas)
            .GroupBy(static schema => schema.Metadata.Name).Select(static group => group.Last())
            .Where(schema => byName.ContainsKey(schema.Spec.PriorityLevelConfiguration.Name))
            .Select(schema => new FlowRule(schema, byName[schema.Spec.PriorityLevelConfiguration.Name]))
            .OrderBy(static rule => rule.Precedence).ThenBy(static rule => rule.Name, StringComparer.Ordinal).ToArray();
        return new FlowConfiguration(rules, rules.First(static rule => rule.Name == BuiltInFlows.CatchAll), [.. byName.Values.OrderBy(static level => level.Name, StringComparer.Ordinal)]);
    }

    /// <summary>The schema that decides about a request: the first that matches.</summary>
    public FlowRule Classify(UserIdentity user, RequestInfo info)
    {
        foreach (var rule in _rules)
        {
            if (rule.Matches(user, info))
            {
                return rule;
            }
        }

        return _last;
    }

    private static PriorityLevel? ToLevel(PriorityLevelConfiguration source)
    {
        var (name, uid) = (source.Metadata.Name, source.Metadata.Uid);
        if (source.Spec.Type == "Exempt")
        {
            var exempt = source.Spec.Exempt;
            return new PriorityLevel(name, true, exempt?.NominalConcurrencyShares ?? 0, exempt?.LendablePercent ?? 0, null, 0, 0, 0) { Uid = uid };
        }

        // Defaults: flowcontrol/v1 defaults.go.
        var limited = source.Spec.Limited ?? LimitedPriorityLevelConfiguration.Empty;
        var queuing = limited.LimitResponse.Type == "Queue" ? limited.LimitResponse.Queuing ?? QueuingConfiguration.Empty : null;
        var queues = queuing is null ? 0 : OrDefault(queuing.Queues, 64);
        return new PriorityLevel(
            name, false, limited.NominalConcurrencyShares ?? 30, limited.LendablePercent ?? 0, limited.BorrowingLimitPercent, queues,
            queuing is null ? 0 : Math.Clamp(OrDefault(queuing.HandSize, 8), 1, queues), queuing is null ? 0 : OrDefault(queuing.QueueLengthLimit, 50)) { Uid = uid };
    }

    private static int OrDefault(int value, int whenAbsent) => value > 0 ? value : whenAbsent;
}
