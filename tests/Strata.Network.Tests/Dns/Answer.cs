namespace Strata.Network.Tests.Dns;

/// <summary>An answer as text: "name data" for each record.</summary>
internal sealed record Answer(
    int Code, bool Authoritative, bool Truncated, IReadOnlyList<string> Answers, IReadOnlyList<string> Authority, IReadOnlyList<string> Additional);
