using Strata.Cri.Images;

namespace Strata.Host.Demo;

/// <summary>The sample application's image: busybox and two scripts.</summary>
internal static class ShopImage
{
    public static string ReferenceOf(string version) => $"strata.local/shop:{version}";

    /// <param name="folder">The folder <c>samples/shop/image</c>.</param>
    public static async Task<OciImage> BuildAsync(string folder, string version, CancellationToken cancellationToken)
    {
        var settings = new OciImageSettings
        {
            Command = ["/app/serve"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["SHOP_VERSION"] = version },
        };
        var builder = await new OciImageBuilder(ReferenceOf(version), settings).AddBusyboxAsync(cancellationToken);
        foreach (var script in (string[])["serve", "who"])
        {
            builder.AddHostFile($"/app/{script}", Path.Combine(folder, script), OciImageBuilder.ExecutableMode);
        }

        return await builder.AddDirectory("/run").BuildAsync(cancellationToken);
    }
}
