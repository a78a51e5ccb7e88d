using System.Runtime.InteropServices;

namespace Strata.ApiServer.Discovery;

/// <summary>What <c>/version</c> tells. The number is that of the Kubernetes release whose API is followed; clients compare their own with it.</summary>
internal static class ServerVersion
{
    public const string Git = "v1.32.4+strata";

    public static byte[] Document { get; } = JsonDocuments.Build(static writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("major"u8, "1");
        writer.WriteString("minor"u8, "32");
        writer.WriteString("gitVersion"u8, Git);
        writer.WriteString("gitCommit"u8, "");
        writer.WriteString("gitTreeState"u8, "clean");
        writer.WriteString("buildDate"u8, "1970-01-01T00:00:00Z");
        writer.WriteString("goVersion"u8, ".NET " + Environment.Version);
        writer.WriteString("compiler"u8, "roslyn");
        writer.WriteString("platform"u8, $"linux/{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64")}");
        writer.WriteEndObject();
    });
}
