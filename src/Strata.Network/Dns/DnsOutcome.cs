namespace Strata.Network.Dns;

/// <summary>What is to be done with a query.</summary>
internal enum DnsOutcome
{
    /// <summary>The answer is written: send it.</summary>
    Answered,

    /// <summary>Not ours: ask an upstream server the same.</summary>
    Forward,

    /// <summary>The name is an alias that leads out of the zone: ask an upstream server for its target, then answer again.</summary>
    ResolveAlias,

    /// <summary>Not a query: say nothing, or two servers answer each other for ever.</summary>
    Drop,
}
