using Strata.Cri.V1;

namespace Strata.Cri;

public sealed partial class CriClient
{
    public async Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken cancellationToken) =>
        (await _images.ListImagesAsync(new ListImagesRequest(), Within(CallTimeout, cancellationToken))).Images;

    public async Task<Image?> ImageStatusAsync(string image, CancellationToken cancellationToken)
    {
        var request = new ImageStatusRequest { Image = new ImageSpec { Image = image } };
        return (await _images.ImageStatusAsync(request, Within(CallTimeout, cancellationToken))).Image;
    }

    public async Task<string> PullImageAsync(
        string image, AuthConfig? auth, PodSandboxConfig? sandboxConfig, CancellationToken cancellationToken)
    {
        var request = new PullImageRequest { Image = new ImageSpec { Image = image }, Auth = auth, SandboxConfig = sandboxConfig };
        return (await _images.PullImageAsync(request, Unlimited(cancellationToken))).ImageRef;
    }

    public async Task RemoveImageAsync(string image, CancellationToken cancellationToken) =>
        await _images.RemoveImageAsync(
            new RemoveImageRequest { Image = new ImageSpec { Image = image } }, Within(CallTimeout, cancellationToken));

    public async Task<IReadOnlyList<FilesystemUsage>> ImageFilesystemsAsync(CancellationToken cancellationToken) =>
        (await _images.ImageFsInfoAsync(new ImageFsInfoRequest(), Within(CallTimeout, cancellationToken))).ImageFilesystems;
}
