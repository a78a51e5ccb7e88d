namespace Strata.Arm;

/// <summary>Names and versions of the resource provider.</summary>
public static class ArmProvider
{
    public const string Namespace = "Microsoft.ContainerInstance";
    public const string ContainerGroups = "Microsoft.ContainerInstance/containerGroups";

    /// <summary>The version this project's types follow and its client asks for.</summary>
    public const string ApiVersion = "2025-09-01";

    /// <summary>Versions a server answers, all with the same model: it has only ever grown.</summary>
    public static IReadOnlyList<string> ApiVersions { get; } =
    [
        "2025-09-01", "2024-11-01-preview", "2024-10-01-preview", "2024-09-01-preview", "2024-05-01-preview", "2023-05-01",
        "2022-10-01-preview", "2022-09-01", "2021-10-01", "2021-09-01", "2021-07-01", "2021-03-01", "2020-11-01", "2019-12-01",
        "2018-10-01", "2018-06-01", "2018-04-01",
    ];
}
