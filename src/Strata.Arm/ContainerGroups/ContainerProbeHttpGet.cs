namespace Strata.Arm.ContainerGroups;

public sealed record ContainerProbeHttpGet
{
    public string? Path { get; set; }

    public int? Port { get; set; }

    public string? Scheme { get; set; }

    public IReadOnlyList<HttpHeader>? HttpHeaders { get; set; }
}
