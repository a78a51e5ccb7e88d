using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/storage</c> behaviours that are more than one kind's lifecycle (<see cref="LifecycleTests"/>).</summary>
public sealed class StorageTests : IClassFixture<SharedApi>
{
    private readonly TestApi _api;

    public StorageTests(SharedApi shared) => _api = shared.Api;

    /// <summary>csi_inline "should support CSIVolumeSource in Pod API".</summary>
    [Fact]
    public async Task A_pod_may_have_a_volume_of_a_csi_driver()
    {
        await _api.ServiceAccountAsync();
        const string pods = "/api/v1/namespaces/default/pods";
        var body = """
            {"metadata":{"name":"inline","labels":{"csi":"inline"}},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"c","image":"x","volumeMounts":[{"name":"v","mountPath":"/mnt"}]}],
            "volumes":[{"name":"v","csi":{"driver":"e2e.example.com","readOnly":true,"volumeAttributes":{"a":"b"},"nodePublishSecretRef":{"name":"s"}}}]}}
            """;
        var created = (await _api.PostAsync($"{pods}?fieldValidation=Strict", body)).Expect(HttpStatusCode.Created);
        Assert.Equal("e2e.example.com", created.Json["spec"]!["volumes"]![0]!["csi"]!["driver"]!.GetValue<string>());
        var patched = (await _api.MergePatchAsync($"{pods}/inline", """{"metadata":{"annotations":{"patched":"true"}}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("s", patched.Json["spec"]!["volumes"]![0]!["csi"]!["nodePublishSecretRef"]!["name"]!.GetValue<string>());
        Assert.Equal(["inline"], (await _api.GetAsync("/api/v1/pods?labelSelector=csi%3Dinline")).Names);
        (await _api.DeleteAsync($"{pods}?labelSelector=csi%3Dinline", """{"gracePeriodSeconds":0}""")).Expect(HttpStatusCode.OK);
        (await _api.GetAsync($"{pods}/inline")).Expect(HttpStatusCode.NotFound);
    }

    /// <summary>persistent_volumes "should run through the lifecycle of a PV and a PVC": a claim that names its volume keeps it, and neither can be changed.</summary>
    [Fact]
    public async Task A_claim_names_its_volume_and_keeps_it()
    {
        const string claims = "/api/v1/namespaces/default/persistentvolumeclaims";
        (await _api.PostAsync("/api/v1/persistentvolumes", """{"metadata":{"name":"pv-life"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"persistentVolumeReclaimPolicy":"Retain","storageClassName":"e2e","csi":{"driver":"e2e.io","volumeHandle":"h"}}}"""))
            .Expect(HttpStatusCode.Created);
        (await _api.PostAsync(claims, """{"metadata":{"name":"pvc-life"},"spec":{"volumeName":"pv-life","accessModes":["ReadWriteOnce"],"storageClassName":"e2e","resources":{"requests":{"storage":"1Gi"}}}}"""))
            .Expect(HttpStatusCode.Created);
        (await _api.MergePatchAsync($"{claims}/pvc-life", """{"spec":{"volumeName":"other"}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await _api.MergePatchAsync("/api/v1/persistentvolumes/pv-life", """{"spec":{"csi":{"volumeHandle":"i"}}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await _api.DeleteAsync("/api/v1/persistentvolumes/pv-life")).Expect(HttpStatusCode.OK);
        (await _api.DeleteAsync($"{claims}/pvc-life")).Expect(HttpStatusCode.OK);
    }
}
