namespace Strata.Arm.ContainerGroups;

public sealed record DnsConfiguration
{
    public IReadOnlyList<string>? NameServers { get; set; }

    /// <summary>Search domains in one string, separated by blanks.</summary>
    public string? SearchDomains { get; set; }

    /// <summary>Resolver options in one string, separated by blanks: <c>ndots:5 edns0</c>.</summary>
    public string? Options { get; set; }
}
