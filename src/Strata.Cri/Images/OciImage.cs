namespace Strata.Cri.Images;

/// <summary>A complete image for one platform, ready to be imported or saved.</summary>
/// <param name="Reference">Full name with domain and tag, see <see cref="ImageReference"/>.</param>
/// <param name="Layers">Lowest first.</param>
public sealed record OciImage(string Reference, OciBlob Manifest, OciBlob Config, IReadOnlyList<OciBlob> Layers)
{
    /// <summary>What CRI reports as the image's id.</summary>
    public string Id => Config.Digest;
}
